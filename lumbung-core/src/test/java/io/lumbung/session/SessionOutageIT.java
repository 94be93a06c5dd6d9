package io.lumbung.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.lumbung.HeardLog;
import io.lumbung.Outage;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.embedded.fault.ProxiedCluster;
import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.session.SessionPolicy.WhenFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis goes away, says no, or loses its memory; that it does not answer is never "no session". */
@Timeout(90)
class SessionOutageIT {
    private static final Duration DEADLINE = Duration.ofMillis(500);

    private RedisServer server;
    private FaultProxy proxy;
    private SessionBench here;
    private Sessions sessions;
    private SessionToken token;

    @BeforeEach
    void start() {
        server = RedisServer.builder().config("appendfsync", "always").start();
        proxy = FaultProxy.inFrontOf(server);
        here = SessionBench.at(proxy.url(), DEADLINE);
        sessions = here.sessions(SessionPolicy.standard());
        eventually(() -> {
            token = ((CreateResult.Created) sessions.create(NewSession.of("ana").with("a", 1))).token();
            return true;
        });
    }

    @AfterEach
    void stop() {
        here.close();
        proxy.close();
        server.close();
    }

    /** Until a busy machine answers in time. */
    private static void eventually(BooleanSupplier what) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(what::getAsBoolean);
    }

    /** Every call there is, by its name. */
    private Map<String, ThrowingCallable> calls() {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("find", () -> sessions.find(token));
        calls.put("list", () -> sessions.list("ana"));
        calls.put("create", () -> sessions.create(NewSession.of("ana")));
        calls.put("create anonymous", () -> sessions.create(NewSession.anonymous()));
        calls.put("refresh", () -> sessions.refresh(token));
        calls.put("update", () -> sessions.update(token, SessionChange.none().set("a", 2)));
        calls.put("rotate", () -> sessions.rotate(token));
        calls.put("assign", () -> sessions.assign(token, "ben"));
        calls.put("destroy", () -> sessions.destroy(token));
        calls.put("destroy by id", () -> sessions.destroy("ana", token.id()));
        calls.put("destroyAll", () -> sessions.destroyAll("ana"));
        calls.put(
                "destroyAllBut",
                () -> sessions.destroyAllBut("ana", SessionToken.inAnyBucket().id()));
        return calls;
    }

    @ParameterizedTest
    @EnumSource
    void everyCallSaysThatRedisDoesNotAnswer(Outage outage) {
        outage.begin(server);
        List<String> took = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            calls().forEach((name, call) -> {
                if (outage == Outage.PAUSED
                        && !List.of("find", "list", "create", "refresh").contains(name)) {
                    return; // What is sent to a paused server is executed when it goes on.
                }
                long began = System.nanoTime();
                assertThatExceptionOfType(StoreException.class)
                        .as(name)
                        .isThrownBy(call)
                        .satisfies(e -> assertThat(e.outcome())
                                .isEqualTo(
                                        e instanceof StoreUnavailableException ? Outcome.NOT_DONE : Outcome.UNKNOWN));
                long millis = (System.nanoTime() - began) / 1_000_000;
                assertThat(millis).as(name).isLessThan(5_000);
                took.add(name + " " + millis);
            });
        }
        System.out.println(outage + ": each call failed, in ms: " + took);
        assertThat(sessions.find("no token")).as("Redis need not be asked").isEmpty();
        outage.end(server);
        eventually(() -> sessions.find(token).isPresent());
        assertThat(sessions.find(token).orElseThrow().attribute("a", Integer.class))
                .contains(1);
        eventually(() -> sessions.create(NewSession.of("ben")) instanceof CreateResult.Created);
        eventually(() -> {
            sessions.destroy(token);
            return sessions.find(token).isEmpty();
        });
    }

    // What the server says instead of an answer

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOADING Redis is loading the dataset in memory",
                "READONLY You can't write against a read only replica.",
                "BUSY Redis is busy running a script.",
                "MASTERDOWN Link with MASTER is down",
                "ERR max number of clients reached"
            })
    void whatTheServerCannotDoNowIsUnavailable(String error) {
        refusing(error, StoreUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OOM command not allowed when used memory > 'maxmemory'.",
                "MISCONF Redis is configured to save RDB snapshots",
                "NOAUTH Authentication required.",
                "NOPERM this user has no permissions to run the 'evalsha' command"
            })
    void whatTheServerMayNotDoIsRefused(String error) {
        refusing(error, StoreRefusedException.class);
    }

    private void refusing(String error, Class<? extends StoreException> expected) {
        List.of("EVALSHA", "HGETALL", "ZRANGE").forEach(command -> proxy.answerAll(command, "-" + error));
        calls().forEach((name, call) -> assertThatExceptionOfType(expected)
                .as(name)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_DONE))
                .satisfies(e ->
                        assertThat(e.getMessage()).doesNotContain(token.text().substring(3))));
        proxy.heal();
        eventually(() -> sessions.find(token).isPresent());
        Session session = sessions.find(token).orElseThrow();
        assertThat(session.version()).isEqualTo(1);
        assertThat(session.user()).contains("ana");
        assertThat(sessions.list("ana")).hasSize(1);
    }

    @Test
    void anErrorInsideAScriptMayHaveLeftSomething() {
        proxy.answerAll("EVALSHA", "-ERR user_script:3: something is wrong");
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> sessions.update(token, SessionChange.none().set("a", 2)))
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "READONLY You can't write against a read only replica.",
                "OOM command not allowed when used memory > 'maxmemory'."
            })
    void aUseThatCannotBeNotedDoesNotUnmakeTheSession(String error) {
        Sessions eager = here.sessions(SessionPolicy.standard().withTouchEvery(Duration.ZERO));
        proxy.answerAll("EVALSHA", "-" + error);
        try (HeardLog log = HeardLog.of("io.lumbung.session")) {
            assertThat(eager.find(token)).isPresent();
            assertThat(log.said(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains(token.id().text())
                    .doesNotContain(token.text().substring(3));
        }
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> eager.refresh(token));
    }

    // What the server has

    @Test
    void aServerThatCameBackEmptyHasNoSessions() {
        server.restart(RedisServer.Data.EMPTY);
        eventually(() -> sessions.find(token).isEmpty());
        assertThat(sessions.update(token, SessionChange.none().set("a", 1))).isEqualTo(new UpdateResult.Gone());
        assertThat(sessions.rotate(token)).isEqualTo(new RotateResult.Gone());
        assertThat(sessions.list("ana")).isEmpty();
        assertThat(server.command("DBSIZE")).isEqualTo(0L);
        assertThat(sessions.create(NewSession.of("ana"))).isInstanceOf(CreateResult.Created.class);
    }

    @Test
    void aKeyOfAnotherProgramIsSaidAndNotTouched() {
        String key = here.key(token).text();
        server.command("DEL", key);
        server.command("SET", key, "theirs");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> sessions.find(token),
                () -> sessions.refresh(token),
                () -> sessions.update(token, SessionChange.none().set("a", 1)),
                () -> sessions.rotate(token),
                () -> sessions.assign(token, "ben"),
                () -> sessions.destroy(token))) {
            assertThatExceptionOfType(StoreRefusedException.class)
                    .isThrownBy(call)
                    .withMessageContaining("WRONGTYPE");
        }
        assertThat(server.command("GET", key)).isEqualTo("theirs");

        String index = here.index("ben").text();
        server.command("SET", index, "theirs");
        long keys = (Long) server.command("DBSIZE");
        for (SessionPolicy policy :
                List.of(SessionPolicy.standard(), SessionPolicy.standard().withMost(1, WhenFull.EVICT_OLDEST))) {
            assertThatExceptionOfType(StoreRefusedException.class)
                    .isThrownBy(() -> here.sessions(policy).create(NewSession.of("ben")))
                    .withMessageContaining("WRONGTYPE");
        }
        assertThatExceptionOfType(StoreRefusedException.class).isThrownBy(() -> sessions.list("ben"));
        assertThatExceptionOfType(StoreRefusedException.class).isThrownBy(() -> sessions.destroyAll("ben"));
        assertThat(server.command("GET", index)).isEqualTo("theirs");
        assertThat(server.command("DBSIZE")).as("no half session").isEqualTo(keys);
    }

    @Test
    void aFullServerTakesNoSessionsButEndsThem() {
        SessionToken other = ((CreateResult.Created) sessions.create(NewSession.of("ana"))).token();
        SessionToken third = ((CreateResult.Created) sessions.create(NewSession.of("ana"))).token();
        SessionToken visitor = ((CreateResult.Created) sessions.create(NewSession.anonymous())).token();
        sessions.assign(visitor, "ana");
        Sessions eager = here.sessions(SessionPolicy.standard().withTouchEvery(Duration.ZERO));
        Sessions full = here.sessions(SessionPolicy.standard().withMost(3, WhenFull.EVICT_OLDEST));
        server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
        server.command("CONFIG", "SET", "maxmemory", "1");
        long keys = (Long) server.command("DBSIZE");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> sessions.create(NewSession.of("ana")),
                () -> sessions.create(NewSession.of("ben")),
                () -> full.create(NewSession.of("ana")),
                () -> sessions.create(NewSession.anonymous()),
                () -> sessions.update(token, SessionChange.none().set("b", 1)))) {
            assertThatExceptionOfType(StoreRefusedException.class)
                    .isThrownBy(call)
                    .withMessageContaining("OOM")
                    .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_DONE));
        }
        assertThat(server.command("DBSIZE")).isEqualTo(keys);
        assertThat(sessions.list("ana")).hasSize(4);
        for (SessionToken active : List.of(token, visitor)) {
            here.number("PEXPIRE", here.key(active), 60_000);
            assertThat(eager.find(active)).isPresent();
            assertThat(here.pttl(here.key(active))).as("it lives on").isGreaterThan(60_000);
        }
        assertThat(sessions.destroy(visitor)).isTrue();
        assertThat(sessions.destroy(other)).isTrue();
        assertThat(sessions.find(other)).isEmpty();
        assertThat(sessions.destroy("ana", third.id())).isTrue();
        assertThat(sessions.destroyAll("ana")).isEqualTo(1);
        assertThat(sessions.find(token)).isEmpty();
        assertThat(server.command("DBSIZE")).isEqualTo(0L);
        server.command("CONFIG", "SET", "maxmemory", "0");
        assertThat(sessions.create(NewSession.of("ana"))).isInstanceOf(CreateResult.Created.class);
    }

    @Test
    void whoMayNotIsTold() {
        try (RedisServer strict = RedisServer.builder()
                        .user("reader", "secret", "~* &* +@all -evalsha -eval")
                        .user("writer", "secret", "~* &* +@all -hgetall")
                        .start();
                SessionBench reader = SessionBench.at(strict.url("reader"));
                SessionBench writer = SessionBench.at(strict.url("writer"))) {
            Sessions writing = writer.sessions(SessionPolicy.standard());
            Sessions reading = reader.sessions(SessionPolicy.standard());
            SessionToken theirs = ((CreateResult.Created) writing.create(NewSession.of("ana"))).token();
            assertThatExceptionOfType(StoreRefusedException.class)
                    .isThrownBy(() -> writing.find(theirs))
                    .withMessageContainingAll("NOPERM", "ACL SETUSER")
                    .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_DONE));
            assertThatExceptionOfType(StoreRefusedException.class)
                    .isThrownBy(() -> reading.create(NewSession.of("ana")))
                    .withMessageContainingAll("NOPERM", "ACL SETUSER")
                    .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_DONE));
            assertThat(reading.find(theirs)).isPresent();
            assertThatExceptionOfType(StoreRefusedException.class).isThrownBy(() -> reading.destroy(theirs));
            assertThatExceptionOfType(StoreRefusedException.class).isThrownBy(() -> reading.destroyAll("ana"));
            assertThat(reading.list("ana")).hasSize(1);
        }
    }

    @Test
    void aSilentNodeOfAClusterConcernsOnlyItsOwnUsers() {
        try (ProxiedCluster cluster = ProxiedCluster.start();
                SessionBench bench = SessionBench.at(cluster.url(), DEADLINE)) {
            Sessions all = bench.sessions(SessionPolicy.standard());
            RedisServer silent = cluster.cluster().masters().get(0);
            Map<String, SessionToken> lost = new LinkedHashMap<>();
            Map<String, SessionToken> living = new LinkedHashMap<>();
            for (int i = 0; lost.size() < 3 || living.size() < 3; i++) {
                String user = "u" + i;
                boolean there = cluster.cluster().masterOf(bench.index(user).text()) == silent;
                eventually(() -> {
                    (there ? lost : living).put(user, ((CreateResult.Created) all.create(NewSession.of(user))).token());
                    return true;
                });
            }
            cluster.proxyOf(silent).stall();
            for (int round = 0; round < 3; round++) {
                lost.values()
                        .forEach(each ->
                                assertThatExceptionOfType(StoreException.class).isThrownBy(() -> all.find(each)));
            }
            living.values().forEach(each -> eventually(() -> all.find(each).isPresent()));
            cluster.heal();
            lost.values().forEach(each -> eventually(() -> all.find(each).isPresent()));
        }
    }
}
