package io.lumbung.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.SessionEvent;
import io.lumbung.redis.Script;
import io.lumbung.redis.Subscription;
import io.lumbung.session.SessionPolicy.WhenFull;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions that run out are told of: all of them, by one process each, and none that somebody ended. */
class ExpiryIT {
    private static final Duration OFTEN = Duration.ofMillis(100);
    private static final SessionPolicy BRIEF = SessionPolicy.standard()
            .withIdle(Duration.ofSeconds(1))
            .withGrace(Duration.ZERO)
            .withExpiryEvents();
    private static final SessionPolicy LONG = BRIEF.withIdle(Duration.ofHours(1));

    private final List<SessionBench> processes = new ArrayList<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private RedisServer server;

    @BeforeEach
    void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterEach
    void stop() {
        subscriptions.forEach(Subscription::close);
        processes.forEach(SessionBench::close);
        server.close();
    }

    private Sessions process(SessionPolicy policy, Duration handedFor) {
        SessionBench bench = SessionBench.at(server.url());
        processes.add(bench);
        return new RedisSessions(
                bench.kernel(bench.redis),
                policy,
                SessionBench.PATIENT,
                new Expiries(bench.kernel(bench.watched), SessionBench.PATIENT, OFTEN, handedFor));
    }

    private Sessions process(SessionPolicy policy) {
        return process(policy, Duration.ofMinutes(1));
    }

    private List<ExpiredSession> listen(Sessions sessions) {
        List<ExpiredSession> told = new CopyOnWriteArrayList<>();
        subscriptions.add(sessions.onExpired(told::add));
        return told;
    }

    private static SessionToken login(Sessions sessions, String user) {
        return ((CreateResult.Created) sessions.create(NewSession.of(user))).token();
    }

    private static SessionToken visit(Sessions sessions) {
        return ((CreateResult.Created) sessions.create(NewSession.anonymous())).token();
    }

    /** But for the marks that a share of the buckets was swept. */
    private long keys() {
        return processes.get(0).keysWith("{").size();
    }

    private void runsOut(SessionToken token) {
        await().atMost(30, SECONDS)
                .until(() -> !processes.get(0).exists(processes.get(0).key(token)));
    }

    @Test
    void eachOfManyIsToldOnceByOneOfSeveralProcesses() {
        List<Sessions> all = List.of(process(BRIEF), process(BRIEF), process(BRIEF));
        List<List<ExpiredSession>> told = all.stream().map(this::listen).toList();
        List<SessionId> issued = IntStream.range(0, 600)
                .mapToObj(i -> login(all.get(i % 3), "user" + i % 50).id())
                .toList();
        await().atMost(60, SECONDS)
                .until(() -> told.stream().mapToInt(List::size).sum() >= issued.size());
        await().atMost(60, SECONDS).until(() -> keys() == 0);
        assertThat(told.stream().flatMap(List::stream).map(ExpiredSession::id))
                .containsExactlyInAnyOrderElementsOf(issued);
        assertThat(processes.stream()
                        .flatMap(process -> process.observed.stream())
                        .filter(event -> event == SessionEvent.EXPIRED))
                .hasSize(issued.size());
    }

    @Test
    void saysWhoseItWasAndWhenItEnded() {
        Sessions sessions = process(BRIEF);
        List<ExpiredSession> told = listen(sessions);
        Session ana = ((CreateResult.Created) sessions.create(NewSession.of("ana:{1}/\n"))).session();
        await().atMost(30, SECONDS).until(() -> told.size() == 1);
        assertThat(told).containsExactly(new ExpiredSession(ana.id(), Optional.of("ana:{1}/\n"), ana.expiresAt()));
        SessionToken visitor = visit(sessions);
        await().atMost(30, SECONDS).until(() -> told.size() == 2);
        assertThat(told.get(1).id()).isEqualTo(visitor.id());
        assertThat(told.get(1).user()).isEmpty();
    }

    @Test
    void whatSomebodyEndedIsNotTold() {
        Sessions sessions = process(LONG);
        sessions.destroy(login(sessions, "ana"));
        SessionToken byName = login(sessions, "ana");
        sessions.destroy("ana", byName.id());
        login(sessions, "ana");
        SessionToken abroad = visit(sessions);
        sessions.assign(abroad, "ana");
        sessions.destroyAll("ana");
        Sessions one = process(LONG.withMost(1, WhenFull.EVICT_OLDEST));
        login(one, "ben");
        SessionToken last = login(one, "ben");
        assertThat(entries())
                .hasSize(1)
                .allMatch(entry -> entry.startsWith(last.ref().member() + ":ben"));
        sessions.destroy(last);
        assertThat(keys()).isZero();
    }

    @Test
    void aSessionThatWasUsedIsToldOnceItReallyEnds() {
        Sessions sessions = process(BRIEF.withTouchEvery(Duration.ZERO));
        List<ExpiredSession> told = listen(sessions);
        SessionToken token = login(sessions, "ana");
        Instant end = Instant.now().plusSeconds(3);
        await().pollInterval(Duration.ofMillis(200))
                .until(() -> sessions.find(token).isPresent() && Instant.now().isAfter(end));
        Instant lastUsed = sessions.find(token).orElseThrow().lastUsedAt();
        assertThat(told).isEmpty();
        await().atMost(30, SECONDS).until(() -> !told.isEmpty());
        assertThat(told).hasSize(1);
        assertThat(told.get(0).at()).isBetween(lastUsed, lastUsed.plusSeconds(3));
    }

    @Test
    void aSessionThatIsToDieSoonerIsToldThen() {
        Sessions brief = process(BRIEF);
        Sessions sessions = process(LONG);
        List<ExpiredSession> told = listen(sessions);
        SessionToken token = login(sessions, "ana");
        Session shorter = brief.refresh(token).orElseThrow();
        await().atMost(30, SECONDS).until(() -> !told.isEmpty());
        assertThat(told).containsExactly(new ExpiredSession(token.id(), Optional.of("ana"), shorter.expiresAt()));
    }

    @Test
    void aRotatedOrAssignedSessionIsToldAsWhatItBecame() {
        Sessions sessions = process(BRIEF);
        List<ExpiredSession> told = listen(sessions);
        SessionToken first = visit(sessions);
        sessions.assign(first, "ana");
        SessionToken next = ((RotateResult.Rotated) sessions.rotate(first)).token();
        SessionToken given = login(sessions, "ben");
        sessions.release(given);
        await().atMost(30, SECONDS).until(() -> keys() == 0);
        assertThat(told)
                .extracting(ExpiredSession::id, ExpiredSession::user)
                .containsExactlyInAnyOrder(tuple(next.id(), Optional.of("ana")), tuple(given.id(), Optional.empty()));
    }

    @Test
    void whatEndedWhileNobodyListenedIsToldLater() {
        Sessions sessions = process(BRIEF);
        SessionToken token = login(sessions, "ana");
        runsOut(token);
        assertThat(entries()).hasSize(1);
        assertThat(listenedTo(process(BRIEF), 1)).extracting(ExpiredSession::id).containsExactly(token.id());
    }

    private List<ExpiredSession> listenedTo(Sessions sessions, int enough) {
        List<ExpiredSession> told = listen(sessions);
        await().atMost(30, SECONDS).until(() -> told.size() >= enough);
        return told;
    }

    @Test
    void whatAProcessDidNotFinishTellingIsToldByAnother() {
        Sessions dying = process(BRIEF, Duration.ofSeconds(1));
        SessionBench itsProcess = processes.get(0);
        List<ExpiredSession> told = new CopyOnWriteArrayList<>();
        // It dies before it can say that it has told.
        itsProcess.watched.before("session.expired ZREM", () -> {
            throw new IllegalStateException("dead");
        });
        Subscription dies = dying.onExpired(told::add);
        SessionToken token = login(dying, "ana");
        await().atMost(30, SECONDS).until(() -> itsProcess.watched.allRan());
        dies.close();
        assertThat(told).hasSize(1);
        List<ExpiredSession> again = listenedTo(process(BRIEF, Duration.ofSeconds(1)), 1);
        assertThat(again).containsExactlyElementsOf(told);
        assertThat(again.get(0).id()).isEqualTo(token.id());
        await().atMost(30, SECONDS).until(() -> keys() == 0);
    }

    @Test
    void whatIsBeingToldIsHandedToNobodyElse() {
        process(BRIEF);
        SessionBench bench = processes.get(0);
        StoreKey deaths = bench.keys.sessionDeaths("aa");
        String entry = SessionToken.fresh("aa").ref().member() + ":ana";
        bench.number("ZADD", deaths, 1_000, entry);
        assertThat(handed(bench, deaths, entry)).containsExactly("1000/" + entry);
        assertThat(handed(bench, deaths, entry)).isEmpty();
        assertThat(handed(bench, deaths, "1000/" + entry)).isEmpty();
        bench.number("ZADD", deaths, 2_000, "1000/" + entry);
        assertThat(handed(bench, deaths, "1000/" + entry)).containsExactly("1000/" + entry);
    }

    private static List<String> handed(SessionBench bench, StoreKey deaths, String entry) {
        Script<List<String>> hand =
                Script.load(Expiries.class, "hand.lua", reply -> reply.texts().toList());
        StoreKey session = bench.key(SessionRef.parse(entry.substring(entry.indexOf("aa."), entry.indexOf(':'))));
        return bench.redis.call(hand.on("test", List.of(deaths, session), 60_000, entry), SessionBench.soon());
    }

    @Test
    void whoStopsListeningInTheMiddleLeavesTheRestToOthers() {
        Sessions leaving = process(BRIEF, Duration.ofSeconds(1));
        List<SessionToken> all =
                IntStream.range(0, 5).mapToObj(i -> login(leaving, "ana")).toList();
        all.forEach(this::runsOut);
        List<ExpiredSession> told = new CopyOnWriteArrayList<>();
        List<Subscription> its = new CopyOnWriteArrayList<>();
        its.add(leaving.onExpired(one -> {
            await().until(() -> !its.isEmpty());
            told.add(one);
            its.get(0).close();
        }));
        await().atMost(30, SECONDS).until(() -> !told.isEmpty());
        List<ExpiredSession> others = listenedTo(process(BRIEF, Duration.ofSeconds(1)), 4);
        assertThat(told).hasSize(1);
        assertThat(others)
                .extracting(ExpiredSession::id)
                .doesNotContain(told.get(0).id())
                .doesNotHaveDuplicates();
        await().atMost(30, SECONDS).until(() -> keys() == 0);
    }

    @Test
    void whatAnotherProgramWroteStandsInNobodysWay() {
        Sessions sessions = process(BRIEF);
        SessionToken token = login(sessions, "ana");
        StoreKey deaths = processes.get(0).keys.sessionDeaths(token.ref().bucket());
        processes.get(0).number("ZADD", deaths, 1, "theirs", 2, "1/theirs");
        assertThat(listenedTo(sessions, 1)).extracting(ExpiredSession::id).containsExactly(token.id());
        await().atMost(30, SECONDS).until(() -> keys() == 0);
    }

    @Test
    void whatNobodyCouldTellOfIsForgotten() {
        Sessions sessions = process(BRIEF.withIdle(Duration.ofHours(1)).withAbsolute(Duration.ofHours(2)));
        SessionToken token = login(sessions, "ana");
        SessionBench bench = processes.get(0);
        StoreKey deaths = bench.keys.sessionDeaths(token.ref().bucket());
        String old = token.ref().bucket() + '.' + "A".repeat(43) + ":ana";
        String older = token.ref().bucket() + '.' + "B".repeat(43) + ":ana";
        long now = Instant.now().toEpochMilli();
        bench.number("ZADD", deaths, now - Duration.ofHours(25).toMillis(), old);
        bench.number("ZADD", deaths, now - Duration.ofHours(27).toMillis(), older);
        login(sessions, "ana");
        assertThat(bench.members(deaths)).hasSize(3).contains(old).doesNotContain(older);
        assertThat(bench.pttl(deaths)).isBetween(25 * 3_600_000L, 26 * 3_600_000L);
    }

    @Test
    void aListenerThatFailsKeepsNobodyElseFromKnowing() {
        Sessions sessions = process(BRIEF);
        subscriptions.add(sessions.onExpired(one -> {
            throw new IllegalArgumentException("a bad listener");
        }));
        subscriptions.add(sessions.onExpired(one -> {
            throw new NoClassDefFoundError("a worse one");
        }));
        List<ExpiredSession> told = listen(sessions);
        login(sessions, "ana");
        login(sessions, "ben");
        await().atMost(30, SECONDS).until(() -> told.size() == 2);
        await().atMost(30, SECONDS).until(() -> keys() == 0);
    }

    @Test
    void moreThanAHandfulInOneBucketAreTold() {
        Sessions sessions = process(BRIEF);
        IntStream.range(0, 450).forEach(i -> login(sessions, "ana"));
        assertThat(listenedTo(sessions, 450)).extracting(ExpiredSession::id).doesNotHaveDuplicates();
    }

    @Test
    void whoNoLongerListensIsNotTold() {
        Sessions sessions = process(BRIEF);
        List<ExpiredSession> told = new CopyOnWriteArrayList<>();
        Subscription subscription = sessions.onExpired(told::add);
        assertThat(subscription.isUp()).isTrue();
        subscription.close();
        subscription.close();
        assertThat(subscription.isUp()).isFalse();
        SessionToken token = login(sessions, "ana");
        runsOut(token);
        assertThat(listenedTo(process(BRIEF), 1)).hasSize(1);
        assertThat(told).isEmpty();
    }

    @Test
    void anOutageOnlyDelaysTheTelling() {
        Sessions sessions = process(BRIEF);
        List<ExpiredSession> told = listen(sessions);
        SessionToken token = login(sessions, "ana");
        server.pause();
        await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
        server.resume();
        await().atMost(30, SECONDS).until(() -> told.size() == 1);
        assertThat(told.get(0).id()).isEqualTo(token.id());
    }

    @Test
    void withoutItNothingIsNotedAndNobodyCanListen() {
        Sessions sessions = process(SessionPolicy.standard());
        login(sessions, "ana");
        assertThat(entries()).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> sessions.onExpired(one -> {}))
                .withMessageContaining("withExpiryEvents");
    }

    private List<String> entries() {
        SessionBench bench = processes.get(0);
        return bench.keysWith("deaths").stream()
                .flatMap(key ->
                        bench
                                .members(
                                        bench.keys.sessionDeaths(key.substring(key.indexOf('{') + 1, key.indexOf('}'))))
                                .stream())
                .toList();
    }
}
