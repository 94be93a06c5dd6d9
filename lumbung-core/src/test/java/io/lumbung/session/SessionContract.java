package io.lumbung.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.lumbung.HeardLog;
import io.lumbung.codec.TypeRef;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.SessionEvent;
import io.lumbung.redis.Command;
import io.lumbung.session.SessionPolicy.WhenFull;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What sessions promise, whatever Redis they stand on. Every test has users of its own. */
@Timeout(60)
interface SessionContract {
    SessionPolicy USUAL = SessionPolicy.standard();
    SessionPolicy SHORT =
            new SessionPolicy(second(1), second(1), 0, WhenFull.EVICT_OLDEST, second(0), second(10), 64 * 1024, false);

    /** This process. */
    SessionBench here();

    /** Another process on the same Redis. */
    SessionBench there();

    private static Duration second(int n) {
        return Duration.ofSeconds(n);
    }

    private static String somebody() {
        return "u" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
    }

    private Sessions sessions() {
        return here().sessions(USUAL);
    }

    private Sessions others() {
        return there().sessions(USUAL);
    }

    private static CreateResult.Created created(CreateResult result) {
        assertThat(result).isInstanceOf(CreateResult.Created.class);
        return (CreateResult.Created) result;
    }

    private static SessionToken login(Sessions sessions, String user) {
        return created(sessions.create(NewSession.of(user))).token();
    }

    private static SessionToken rotated(Sessions sessions, SessionToken token) {
        RotateResult result = sessions.rotate(token);
        assertThat(result).isInstanceOf(RotateResult.Rotated.class);
        return ((RotateResult.Rotated) result).token();
    }

    /** A session of nobody in another bucket than this user's. */
    private static SessionToken visitor(Sessions sessions, String user) {
        while (true) {
            SessionToken token =
                    created(sessions.create(NewSession.anonymous())).token();
            if (!SessionCommands.isAtHome(token.ref(), user)) {
                return token;
            }
        }
    }

    /** A session that was a visitor's before and is the user's now. */
    private static SessionToken abroad(Sessions sessions, String user) {
        SessionToken token = visitor(sessions, user);
        assertThat(sessions.assign(token, user)).isPresent();
        return token;
    }

    private static List<SessionId> ids(List<Session> sessions) {
        return sessions.stream().map(Session::id).toList();
    }

    private void isGone(SessionToken token) {
        assertThat(here().exists(here().key(token))).as("its key").isFalse();
        assertThat(sessions().find(token)).isEmpty();
        assertThat(sessions().refresh(token)).isEmpty();
        assertThat(sessions().update(token, SessionChange.none().set("a", 1))).isEqualTo(new UpdateResult.Gone());
        assertThat(sessions().rotate(token)).isEqualTo(new RotateResult.Gone());
        assertThat(sessions().assign(token, somebody())).isEmpty();
        assertThat(sessions().destroy(token)).isFalse();
        assertThat(here().exists(here().key(token))).as("its key").isFalse();
    }

    private void expires(String user) {
        StoreKey index = here().index(user);
        assertThat(here().pttl(index)).as("life of " + index).isNotEqualTo(-1);
    }

    // Creating and finding

    @Test
    default void aNewSessionIsFoundByItsTokenFromEverywhere() {
        String user = somebody();
        CreateResult.Created created = created(sessions()
                .create(NewSession.of(user)
                        .with("cart", List.of("apple", "pear"))
                        .with("visits", 7)
                        .from(new Device("10.0.0.7", "Firefox"))));
        assertThat(created.evicted()).isEmpty();
        Session session = others().find(created.token()).orElseThrow();
        assertThat(session.id())
                .isEqualTo(created.token().id())
                .isEqualTo(created.session().id());
        assertThat(session.user()).contains(user);
        assertThat(session.device()).isEqualTo(new Device("10.0.0.7", "Firefox"));
        assertThat(session.version()).isEqualTo(1);
        assertThat(session.attributeNames()).containsExactly("cart", "visits");
        assertThat(session.attribute("cart", new TypeRef<List<String>>() {})).contains(List.of("apple", "pear"));
        assertThat(session.attribute("visits", Integer.class)).contains(7);
        assertThat(session.attribute("nothing", String.class)).isEmpty();
        assertThat(session.json("visits"))
                .hasValueSatisfying(json -> assertThat(json).isEqualTo("7".getBytes(StandardCharsets.UTF_8)));
        assertThat(session.createdAt())
                .isBetween(Instant.now().minusSeconds(30), Instant.now().plusSeconds(30));
        assertThat(session.endsAt()).isEqualTo(session.createdAt().plus(Duration.ofDays(30)));
        assertThat(session.expiresAt()).isEqualTo(session.lastUsedAt().plus(Duration.ofHours(24)));
        assertThat(created.session().attribute("visits", Integer.class)).contains(7);
        assertThat(created.session().createdAt()).isEqualTo(session.createdAt());
        assertThat(created.session().endsAt()).isEqualTo(session.endsAt());
        assertThat(others().find(created.token().text()).orElseThrow().id()).isEqualTo(session.id());
        assertThat(session).hasToString("session " + session.id());
    }

    @Test
    default void aTokenThatNobodyIssuedFindsNothingAndIsNotAdopted() {
        isGone(SessionToken.fresh(KeySpace.sessionBucket(somebody())));
        isGone(SessionToken.inAnyBucket());
    }

    @Test
    default void eachSessionHasATokenOfItsOwn() {
        String user = somebody();
        List<SessionToken> tokens =
                IntStream.range(0, 50).mapToObj(i -> login(sessions(), user)).toList();
        assertThat(tokens).doesNotHaveDuplicates();
        assertThat(tokens).extracting(SessionToken::id).doesNotHaveDuplicates();
    }

    @Test
    default void keysAreNamedAsDocumentedAndHoldOnlyTheHash() throws NoSuchAlgorithmException {
        String user = somebody() + ":{x}*?";
        SessionToken token = login(sessions(), user);
        byte[] hash = sha256(token.text());
        byte[] userHash = sha256(user);
        int ten = (userHash[0] & 0xff) << 2 | (userHash[1] & 0xff) >> 6;
        String alphabet = "abcdefghijklmnopqrstuvwxyz234567";
        String bucket = "" + alphabet.charAt(ten / 32) + alphabet.charAt(ten % 32);
        String name = Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        assertThat(token.text()).matches(bucket + "\\.[A-Za-z0-9_-]{43}");
        assertThat(here().key(token).text()).isEqualTo("app:session:{" + bucket + "}:" + name);
        assertThat(here().exists(here().key(token))).isTrue();
        String part = user.replace(":", "%3A")
                .replace("{", "%7B")
                .replace("}", "%7D")
                .replace("*", "%2A")
                .replace("?", "%3F");
        assertThat(here().index(user).text()).isEqualTo("app:session:{" + bucket + "}:user:" + part);
        assertThat(here().number("ZCARD", here().index(user))).isEqualTo(1);
        assertThat(token.id().text())
                .isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, 16)));
    }

    private static byte[] sha256(String text) throws NoSuchAlgorithmException {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    default void sessionAndEntryDieTogether() {
        String user = somebody();
        CreateResult.Created created = created(sessions().create(NewSession.of(user)));
        Instant dies = created.session().expiresAt();
        assertThat(here().dies(user, created.token(), dies, dies)).isTrue();
        assertThat(here().pttl(here().key(created.token())))
                .isBetween(Duration.ofHours(23).toMillis(), Duration.ofHours(24).toMillis());
        assertThat(here().pttl(here().index(user)))
                .isBetween(Duration.ofHours(23).toMillis(), Duration.ofHours(24).toMillis());
    }

    @Test
    default void aShorterSessionDoesNotShortenTheLifeOfTheIndexOrLockOutOthers() {
        String user = somebody();
        SessionToken first = login(sessions(), user);
        SessionToken second = login(here().sessions(SHORT), user);
        assertThat(here().pttl(here().index(user)))
                .isGreaterThan(Duration.ofHours(23).toMillis());
        await().until(() -> sessions().find(second).isEmpty());
        assertThat(sessions().find(first)).isPresent();
        assertThat(ids(sessions().list(user))).containsExactly(first.id());
        assertThat(sessions().destroyAll(user)).isEqualTo(1);
        isGone(first);
    }

    @Test
    default void attributesMayTakeWhatTheLimitSaysAndNoMore() {
        SessionPolicy policy =
                new SessionPolicy(second(60), second(60), 0, WhenFull.REJECT, second(0), second(0), 1_000, false);
        Sessions small = here().sessions(policy);
        String fits = "x".repeat(1_000 - "@a".length() - 2);
        SessionToken token =
                created(small.create(NewSession.of(somebody()).with("a", fits))).token();
        assertThat(small.find(token).orElseThrow().attribute("a", String.class)).contains(fits);
        here().watched.sent();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small.create(NewSession.of(somebody()).with("a", fits + "x")))
                .withMessageContaining("1001")
                .withMessageContaining("1000");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small.update(token, SessionChange.none().set("b", fits + "x")));
        assertThat(here().watched.sent()).as("not even asked").isEmpty();

        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        small.update(token, SessionChange.none().set("b", 1).set("c", 1)))
                .withMessageContaining("1006");
        Session same = small.find(token).orElseThrow();
        assertThat(same.attributeNames()).containsExactly("a");
        assertThat(same.version()).isEqualTo(1);
        for (int i = 0; i < 20; i++) {
            assertThat(small.update(token, SessionChange.none().set("a", "y".repeat(900 + i))))
                    .isInstanceOf(UpdateResult.Updated.class);
        }
        assertThat(small.update(token, SessionChange.none().remove("a").set("b", fits)))
                .isInstanceOf(UpdateResult.Updated.class);
    }

    @Test
    default void thousandsOfSmallAttributesFit() {
        Map<String, Object> many = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            many.put("n" + i, i % 10);
        }
        String user = somebody();
        SessionToken token = created(sessions().create(new NewSession(Optional.of(user), many, Device.UNKNOWN)))
                .token();
        assertThat(sessions().find(token).orElseThrow().attributeNames()).hasSize(5_000);
        SessionChange change = new SessionChange(
                many.keySet().stream().collect(Collectors.toMap(name -> name, name -> Optional.<Object>empty())),
                OptionalLong.empty());
        assertThat(sessions().update(token, change)).isEqualTo(new UpdateResult.Updated(2));
        assertThat(sessions().find(token).orElseThrow().attributeNames()).isEmpty();
    }

    @Test
    default void whatCannotBeReadIsAbsentAndTheRestIsThere() {
        String user = somebody();
        SessionToken token = created(sessions()
                        .create(NewSession.of(user).with("good", "apple").with("bad", 1)))
                .token();
        here().number("HSET", here().key(token), "@bad", "{\"half");
        Session session = sessions().find(token).orElseThrow();
        try (HeardLog log = HeardLog.of("io.lumbung.session")) {
            assertThat(session.attribute("good", String.class)).contains("apple");
            assertThat(session.attribute("bad", Integer.class)).isEmpty();
            assertThat(session.attribute("good", Integer.class)).isEmpty();
            assertThat(log.said(Level.WARN))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line).contains(session.id().text()));
        }
        assertThat(session.attributeNames()).containsExactly("bad", "good");
    }

    @Test
    default void whatIsNoSessionOfOursIsNone() {
        SessionToken token = SessionToken.inAnyBucket();
        here().number("HSET", here().key(token), "theirs", "1");
        assertThat(sessions().find(token)).isEmpty();
        assertThat(sessions().update(token, SessionChange.none().set("a", 1))).isEqualTo(new UpdateResult.Gone());
        assertThat(sessions().rotate(token)).isEqualTo(new RotateResult.Gone());
        here().number("HSET", here().key(token), "m", "1 2 3 4 5 never");
        assertThat(sessions().find(token)).isEmpty();
        here().number("DEL", here().key(token));
    }

    // Round trips

    @Test
    default void aPlainRequestIsOneHgetall() {
        SessionToken token = login(sessions(), somebody());
        Sessions sessions = sessions();
        sessions.find(token);
        here().watched.sent();
        for (int i = 0; i < 5; i++) {
            assertThat(sessions.find(token)).isPresent();
        }
        assertThat(here().watched.sent()).hasSize(5).containsOnly("session.find HGETALL");
    }

    @Test
    default void eachCallTakesAsManyRoundTripsAsItSays() {
        String user = somebody();
        Sessions sessions = sessions();
        here().watched.sent();
        SessionToken token = login(sessions, user);
        assertThat(here().watched.sent()).containsExactly("session.create EVALSHA");
        sessions.update(token, SessionChange.none().set("a", 1));
        assertThat(here().watched.sent()).containsExactly("session.update EVALSHA");
        sessions.refresh(token);
        assertThat(here().watched.sent()).containsExactly("session.find HGETALL", "session.touch EVALSHA");
        SessionToken next = rotated(sessions, token);
        assertThat(here().watched.sent()).containsExactly("session.find HGETALL", "session.rotate EVALSHA");
        sessions.list(user);
        assertThat(here().watched.sent()).containsExactly("session.list ZRANGE", "session.find HGETALL");
        sessions.destroy(next);
        assertThat(here().watched.sent()).containsExactly("session.find HGETALL", "session.destroy EVALSHA");
        login(sessions, user);
        here().watched.sent();
        login(here().sessions(USUAL.withMost(1, WhenFull.EVICT_OLDEST)), user);
        assertThat(here().watched.sent()).containsExactly("session.create EVALSHA", "session.create EVALSHA");
        assertThat(here().sessions(USUAL.withMost(1, WhenFull.REJECT)).create(NewSession.of(user)))
                .isEqualTo(new CreateResult.Rejected(1));
        assertThat(here().watched.sent()).containsExactly("session.create EVALSHA");
        SessionToken visitor = visitor(sessions, user);
        here().watched.sent();
        sessions.assign(visitor, user);
        assertThat(here().watched.sent())
                .containsExactly("session.find HGETALL", "session.enter EVALSHA", "session.assign EVALSHA");
        SessionToken moved = rotated(sessions, visitor);
        assertThat(here().watched.sent())
                .containsExactly(
                        "session.find HGETALL",
                        "session.enter EVALSHA",
                        "session.rotate EVALSHA",
                        "session.leave ZREM");
        sessions.refresh(moved);
        assertThat(here().watched.sent())
                .containsExactly("session.find HGETALL", "session.enter EVALSHA", "session.touch EVALSHA");
        sessions.destroy(moved);
        assertThat(here().watched.sent())
                .containsExactly("session.find HGETALL", "session.destroy EVALSHA", "session.leave ZREM");
    }

    // Living

    @Test
    default void useIsNotedAndLetsASessionLiveOn() {
        String user = somebody();
        Sessions eager = here().sessions(USUAL.withTouchEvery(Duration.ZERO));
        CreateResult.Created created = created(eager.create(NewSession.of(user)));
        SessionToken token = created.token();
        here().number("PEXPIRE", here().key(token), 5_000);
        here().number("PEXPIRE", here().index(user), 6_000);
        await().until(() -> eager.find(token)
                .orElseThrow()
                .lastUsedAt()
                .isAfter(created.session().lastUsedAt()));
        assertThat(here().pttl(here().key(token)))
                .isGreaterThan(Duration.ofHours(23).toMillis());
        assertThat(here().pttl(here().index(user)))
                .isGreaterThan(Duration.ofHours(23).toMillis());
        Session noted = sessions().find(token).orElseThrow();
        assertThat(noted.lastUsedAt()).isAfter(created.session().lastUsedAt());
        assertThat(noted.endsAt()).isEqualTo(created.session().endsAt());
        assertThat(noted.version()).isEqualTo(1);
        assertThat(here().dies(user, token, noted.expiresAt(), noted.expiresAt()))
                .isTrue();
    }

    @Test
    default void anIdleSessionRunsOutAndLeavesNothing() {
        String user = somebody();
        Sessions brief = here().sessions(SHORT);
        SessionToken token = login(brief, user);
        await().until(() -> !here().exists(here().key(token)) && !here().exists(here().index(user)));
        isGone(token);
        assertThat(sessions().list(user)).isEmpty();
        assertThat(sessions().destroyAll(user)).isZero();
    }

    @Test
    default void aUsedSessionOutlivesItsIdleTimeButNotItsAbsoluteEnd() {
        String user = somebody();
        Sessions brief = here().sessions(SHORT.withAbsolute(second(3)));
        CreateResult.Created created = created(brief.create(NewSession.of(user)));
        List<Session> seen = new ArrayList<>();
        await().pollInterval(Duration.ofMillis(50)).atMost(second(30)).until(() -> {
            Optional<Session> found = brief.find(created.token());
            found.ifPresent(seen::add);
            return found.isEmpty();
        });
        assertThat(seen).allSatisfy(session -> {
            assertThat(session.endsAt()).isEqualTo(created.session().endsAt());
            assertThat(session.expiresAt()).isBeforeOrEqualTo(session.endsAt());
            assertThat(session.lastUsedAt()).isBefore(session.endsAt());
        });
        isGone(created.token());
        await().until(() -> !here().exists(here().index(user)));
    }

    @Test
    default void aRefreshCountsFromNowButNeverPastTheAbsoluteEnd() {
        String user = somebody();
        Sessions hour = here().sessions(USUAL.withIdle(Duration.ofHours(1)).withAbsolute(Duration.ofHours(1)));
        CreateResult.Created created = created(hour.create(NewSession.of(user)));
        here().number("PEXPIRE", here().key(created.token()), 9_000);
        Session refreshed = hour.refresh(created.token()).orElseThrow();
        assertThat(refreshed.expiresAt())
                .isEqualTo(refreshed.endsAt())
                .isEqualTo(created.session().endsAt());
        assertThat(here().pttl(here().key(created.token())))
                .isBetween(
                        Duration.ofMinutes(50).toMillis(), Duration.ofHours(1).toMillis());

        Session longer = here().sessions(USUAL.withIdle(Duration.ofMinutes(90)))
                .refresh(login(hour, user))
                .orElseThrow();
        assertThat(longer.expiresAt()).isEqualTo(longer.endsAt());
        Session shorter = here().sessions(USUAL.withIdle(second(90)))
                .refresh(created.token())
                .orElseThrow();
        assertThat(shorter.expiresAt()).isEqualTo(shorter.lastUsedAt().plusSeconds(90));
        assertThat(here().pttl(here().key(created.token()))).isLessThanOrEqualTo(90_000);
        assertThat(here().pttl(here().index(user))).isGreaterThan(90_000);
    }

    // Changing

    @Test
    default void aChangeSetsAndRemovesAndLeavesTheRest() {
        SessionToken token = created(sessions()
                        .create(NewSession.of(somebody())
                                .with("a", 1)
                                .with("b", 2)
                                .with("c", 3)))
                .token();
        assertThat(sessions()
                        .update(
                                token,
                                SessionChange.none().set("a", "one").remove("b").set("d", 4)))
                .isEqualTo(new UpdateResult.Updated(2));
        Session session = others().find(token).orElseThrow();
        assertThat(session.attributeNames()).containsExactly("a", "c", "d");
        assertThat(session.attribute("a", String.class)).contains("one");
        assertThat(session.attribute("c", Integer.class)).contains(3);
        assertThat(session.version()).isEqualTo(2);
    }

    @Test
    default void requestsThatChangeDifferentAttributesDoNotUndoEachOther() {
        SessionToken token = login(sessions(), somebody());
        Session mine = sessions().find(token).orElseThrow();
        Session theirs = others().find(token).orElseThrow();
        assertThat(mine.version()).isEqualTo(theirs.version());
        sessions().update(token, SessionChange.none().set("mine", 1));
        others().update(token, SessionChange.none().set("theirs", 2));
        assertThat(sessions().find(token).orElseThrow().attributeNames()).containsExactly("mine", "theirs");
    }

    @Test
    default void aChangeOfWhatWasReadLosesAgainstOneThatCameBefore() {
        SessionToken token = login(sessions(), somebody());
        Session read = sessions().find(token).orElseThrow();
        assertThat(others().update(token, SessionChange.none().set("n", 1))).isEqualTo(new UpdateResult.Updated(2));
        assertThat(sessions().update(token, SessionChange.none().set("n", 2).onlyIf(read)))
                .isEqualTo(new UpdateResult.Conflict(2));
        Session again = sessions().find(token).orElseThrow();
        assertThat(again.attribute("n", Integer.class)).contains(1);
        assertThat(sessions().update(token, SessionChange.none().set("n", 2).onlyIf(again)))
                .isEqualTo(new UpdateResult.Updated(3));
    }

    @Test
    default void aChangeThatComesTwiceIsMadeOnceWhateverComesInBetween() {
        SessionToken token = login(sessions(), somebody());
        SessionCommands commands = new SessionCommands(here().keys, false);
        Command<SessionCommands.Change> change = commands.update(
                token.ref(), "1", "cx", 1_000, Map.of("@n", "1".getBytes(StandardCharsets.UTF_8)), List.of());
        SessionCommands.Change first = here().redis.call(change, SessionBench.soon());
        for (int i = 0; i < 2; i++) {
            assertThat(others().update(token, SessionChange.none().set("n", 7)))
                    .isEqualTo(new UpdateResult.Updated(3 + i));
            assertThat(here().redis.call(change, SessionBench.soon()))
                    .isEqualTo(first)
                    .isEqualTo(new SessionCommands.Change.Done(2));
        }
        Session session = sessions().find(token).orElseThrow();
        assertThat(session.version()).isEqualTo(4);
        assertThat(session.attribute("n", Integer.class)).contains(7);
    }

    @Test
    default void manyWhoChangeWhatTheyReadCountEachChangeOnce() throws Exception {
        SessionToken token = created(sessions().create(NewSession.of(somebody()).with("n", 0)))
                .token();
        together(8, i -> () -> {
            Sessions sessions = i % 2 == 0 ? sessions() : others();
            for (int done = 0; done < 10; ) {
                Session read = sessions.find(token).orElseThrow();
                int n = read.attribute("n", Integer.class).orElseThrow();
                if (sessions.update(token, SessionChange.none().set("n", n + 1).onlyIf(read))
                        instanceof UpdateResult.Updated) {
                    done++;
                }
            }
            return true;
        });
        Session session = sessions().find(token).orElseThrow();
        assertThat(session.attribute("n", Integer.class)).contains(80);
        assertThat(session.version()).isEqualTo(81);
    }

    // Rotating

    @Test
    default void aRotatedSessionIsTheSameByAnotherTokenAndTheOldOneWorksForAWhile() {
        String user = somebody();
        SessionToken old =
                created(sessions().create(NewSession.of(user).with("a", 1))).token();
        here().number("PEXPIRE", here().key(old), 3_600_000);
        SessionToken next = rotated(sessions(), old);
        assertThat(next).isNotEqualTo(old);
        assertThat(next.id()).isNotEqualTo(old.id());
        assertThat(here().pttl(here().key(next))).as("its life").isBetween(3_000_000L, 3_600_000L);
        assertThat(here().pttl(here().key(old))).as("the grace").isBetween(1L, 10_000L);
        for (SessionToken token : List.of(old, next)) {
            Session session = others().find(token).orElseThrow();
            assertThat(session.id()).isEqualTo(next.id());
            assertThat(session.attribute("a", Integer.class)).contains(1);
        }
        assertThat(others().rotate(old)).isEqualTo(new RotateResult.RotatedAlready());
        assertThat(sessions().update(old, SessionChange.none().set("b", 2))).isInstanceOf(UpdateResult.Updated.class);
        assertThat(sessions().refresh(old)).map(Session::id).contains(next.id());
        assertThat(sessions().find(next).orElseThrow().attributeNames()).containsExactly("a", "b");
        assertThat(ids(sessions().list(user))).containsExactly(next.id());

        here().number("DEL", here().key(old)); // the grace is over
        isGone(old);
        assertThat(sessions().find(next)).isPresent();
    }

    @Test
    default void theIndexOfARotatedSessionStillExpires() {
        String user = somebody();
        SessionToken old = login(sessions(), user);
        expires(user);
        SessionToken next = rotated(sessions(), old);
        expires(user);
        assertThat(here().number("ZCARD", here().index(user))).isEqualTo(1);
        Instant dies = sessions().find(next).orElseThrow().expiresAt();
        assertThat(here().dies(user, next, dies, dies)).isTrue();
        SessionToken abroad = abroad(sessions(), somebody());
        String other = sessions().find(abroad).orElseThrow().user().orElseThrow();
        expires(other);
        rotated(sessions(), abroad);
        expires(other);
    }

    @Test
    default void withoutGraceTheOldTokenIsDeadAtOnce() {
        Sessions strict = here().sessions(USUAL.withGrace(Duration.ZERO));
        SessionToken old = login(strict, somebody());
        SessionToken next = rotated(strict, old);
        isGone(old);
        assertThat(strict.find(next)).isPresent();
    }

    @Test
    default void theGraceEndsByItself() {
        Sessions hasty = here().sessions(USUAL.withGrace(Duration.ofMillis(100)));
        SessionToken old = login(hasty, somebody());
        SessionToken next = rotated(hasty, old);
        await().until(() -> hasty.find(old).isEmpty());
        isGone(old);
        assertThat(hasty.find(next)).isPresent();
    }

    @Test
    default void ofManyRotationsAtOnceOneGivesATokenAndNobodyIsLoggedOut() throws Exception {
        for (int round = 0; round < 10; round++) {
            String user = somebody();
            SessionToken old = round % 2 == 0 ? login(sessions(), user) : abroad(sessions(), user);
            List<RotateResult> results = together(6, i -> () -> (i % 2 == 0 ? sessions() : others()).rotate(old));
            assertThat(results)
                    .filteredOn(RotateResult.Rotated.class::isInstance)
                    .hasSize(1);
            assertThat(results)
                    .filteredOn(RotateResult.RotatedAlready.class::isInstance)
                    .hasSize(5);
            SessionId id = sessions().find(old).orElseThrow().id();
            assertThat(results)
                    .filteredOn(RotateResult.Rotated.class::isInstance)
                    .allSatisfy(one -> assertThat(
                                    ((RotateResult.Rotated) one).token().id())
                            .isEqualTo(id));
            assertThat(ids(sessions().list(user))).containsExactly(id);
            assertThat(here().number("ZCARD", here().index(user))).isEqualTo(1);
        }
    }

    @Test
    default void theEndOfARotatedSessionIsTheEndOfItsOldTokenToo() {
        SessionToken old = login(sessions(), somebody());
        SessionToken next = rotated(sessions(), old);
        assertThat(others().destroy(old)).isTrue();
        isGone(next);
        isGone(old);

        SessionToken another = login(sessions(), somebody());
        SessionToken itsNext = rotated(sessions(), another);
        assertThat(others().destroy(itsNext)).isTrue();
        isGone(itsNext);
        assertThat(sessions().find(another)).isEmpty();
        assertThat(sessions().rotate(another)).isEqualTo(new RotateResult.Gone());
    }

    @Test
    default void aTokenRotatedTwiceWithinItsGraceStillLeads() {
        SessionToken first = login(sessions(), somebody());
        SessionToken second = rotated(sessions(), first);
        SessionToken third = rotated(sessions(), second);
        assertThat(sessions().find(first)).map(Session::id).contains(third.id());
        assertThat(sessions().update(first, SessionChange.none().set("a", 1))).isInstanceOf(UpdateResult.Updated.class);
        assertThat(sessions().destroy(first)).isTrue();
        isGone(third);
    }

    // Assigning

    @Test
    default void aVisitorsSessionBecomesAUsers() {
        String user = somebody();
        SessionToken token = visitor(sessions(), user);
        sessions().update(token, SessionChange.none().set("cart", "apple"));
        assertThat(sessions().find(token).orElseThrow().user()).isEmpty();
        assertThat(sessions().list(user)).isEmpty();

        Session session = others().assign(token, user).orElseThrow();
        assertThat(session.user()).contains(user);
        Session found = sessions().find(token).orElseThrow();
        assertThat(found.user()).contains(user);
        assertThat(found.attribute("cart", String.class)).contains("apple");
        assertThat(ids(sessions().list(user))).containsExactly(token.id());
        expires(user);

        SessionToken next = rotated(sessions(), token);
        assertThat(ids(sessions().list(user))).containsExactly(next.id());
        assertThat(sessions().destroyAll(user)).isEqualTo(1);
        isGone(next);
        assertThat(here().exists(here().index(user))).isFalse();
    }

    @Test
    default void anAssignedSessionThatIsUsedStaysInItsUsersList() {
        String user = somebody();
        Sessions eager = here().sessions(USUAL.withTouchEvery(Duration.ZERO));
        SessionToken token = abroad(eager, user);
        Session before = eager.find(token).orElseThrow();
        await().until(() -> eager.find(token).orElseThrow().lastUsedAt().isAfter(before.lastUsedAt()));
        Instant dies = sessions().find(token).orElseThrow().expiresAt();
        assertThat(here().dies(user, token, dies.minusSeconds(1), dies.plusSeconds(10)))
                .isTrue();
        assertThat(sessions().destroy(user, token.id())).isTrue();
        isGone(token);
        assertThat(here().exists(here().index(user))).isFalse();
    }

    @Test
    default void aSessionGivenToAnotherUserLeavesTheFirstOnesList() {
        String ana = somebody();
        String ben = somebody();
        SessionToken token = login(sessions(), ana);
        assertThat(sessions().assign(token, ben).orElseThrow().user()).contains(ben);
        assertThat(sessions().list(ana)).isEmpty();
        assertThat(sessions().destroyAll(ana)).isZero();
        assertThat(ids(sessions().list(ben))).containsExactly(token.id());
        assertThat(sessions().assign(token, ben)).isPresent();
        assertThat(sessions().assign(token, ana)).isPresent();
        assertThat(ids(sessions().list(ana))).containsExactly(token.id());
        assertThat(sessions().list(ben)).isEmpty();
    }

    @Test
    default void anOldTokenAssignsTheSessionItLeadsTo() {
        String user = somebody();
        SessionToken old = visitor(sessions(), user);
        SessionToken next = rotated(sessions(), old);
        assertThat(sessions().assign(old, user)).map(Session::id).contains(next.id());
        assertThat(ids(sessions().list(user))).containsExactly(next.id());
    }

    @Test
    default void anAssignedSessionNeitherCountsNorMakesRoom() {
        String user = somebody();
        SessionToken abroad = abroad(sessions(), user);
        Sessions rejecting = here().sessions(USUAL.withMost(1, WhenFull.REJECT));
        SessionToken home = login(rejecting, user);
        assertThat(rejecting.create(NewSession.of(user))).isEqualTo(new CreateResult.Rejected(1));
        CreateResult.Created next = created(
                here().sessions(USUAL.withMost(1, WhenFull.EVICT_OLDEST)).create(NewSession.of(user)));
        assertThat(next.evicted()).containsExactly(home.id());
        isGone(home);
        assertThat(sessions().find(abroad)).isPresent();
        assertThat(sessions().destroyAllBut(user, next.token().id())).isEqualTo(1);
        isGone(abroad);
        assertThat(sessions().find(next.token())).isPresent();
    }

    @Test
    default void aSessionGivenBackIsNobodysAndInNoList() {
        for (boolean abroad : new boolean[] {false, true}) {
            String user = somebody();
            SessionToken token = abroad ? abroad(sessions(), user) : login(sessions(), user);
            sessions().update(token, SessionChange.none().set("cart", "apple"));
            Session released = others().release(token).orElseThrow();
            assertThat(released.user()).isEmpty();
            Session found = sessions().find(token).orElseThrow();
            assertThat(found.user()).isEmpty();
            assertThat(found.version()).isEqualTo(released.version());
            assertThat(found.attribute("cart", String.class)).contains("apple");
            assertThat(sessions().list(user)).isEmpty();
            assertThat(sessions().destroyAll(user)).isZero();
            assertThat(sessions().release(token)).map(Session::user).contains(Optional.empty());
            assertThat(sessions().assign(token, user)).isPresent();
            assertThat(ids(sessions().list(user))).containsExactly(token.id());
            assertThat(sessions().destroy(token)).isTrue();
            assertThat(sessions().release(token)).isEmpty();
        }
    }

    @Test
    default void whoeverChangesASessionThatWasGivenAwayMeanwhileIsTold() {
        SessionToken token = login(sessions(), somebody());
        Session read = sessions().find(token).orElseThrow();
        others().assign(token, somebody());
        assertThat(sessions().update(token, SessionChange.none().set("a", 1).onlyIf(read)))
                .isInstanceOf(UpdateResult.Conflict.class);
    }

    @Test
    default void aSessionGivenToTwoUsersAtOnceIsTheLastOnesAndInOneList() {
        for (String step : List.of("session.enter", "session.assign")) {
            String ana = somebody();
            String ben = somebody();
            SessionToken token = visitor(sessions(), ana);
            here().watched
                    .before(step, () -> assertThat(others().assign(token, ben)).isPresent());
            assertThat(sessions().assign(token, ana)).as(step).isPresent();
            String owner = sessions().find(token).flatMap(Session::user).orElseThrow();
            assertThat(owner).as(step).isEqualTo(ana);
            assertThat(ids(sessions().list(owner))).as(step).containsExactly(token.id());
            assertThat(sessions().list(owner.equals(ana) ? ben : ana)).as(step).isEmpty();
            assertThat(sessions().destroyAll(owner.equals(ana) ? ben : ana))
                    .as(step)
                    .isZero();
            assertThat(sessions().find(token)).as(step).isPresent();
        }
    }

    @Test
    default void aSessionThatComesBackToItsUserWhileItsUseIsNotedLivesOn() {
        Sessions eager = here().sessions(USUAL.withTouchEvery(Duration.ZERO));
        String ana = somebody();
        SessionToken token = abroad(sessions(), ana);
        here().watched.before("session.touch", () -> {
            others().assign(token, somebody());
            others().destroyAll(ana);
            others().assign(token, ana);
        });
        assertThat(eager.find(token)).map(Session::user).contains(Optional.of(ana));
        assertThat(ids(sessions().list(ana))).containsExactly(token.id());
        assertThat(sessions().destroyAll(ana)).isEqualTo(1);
        isGone(token);
    }

    @Test
    default void aUseThatIsNotNotedLosesNeitherSessionNorEntry() {
        for (String step : List.of("session.enter", "session.touch")) {
            Sessions eager = here().sessions(USUAL.withIdle(second(4)).withTouchEvery(Duration.ZERO));
            String user = somebody();
            SessionToken token = abroad(eager, user);
            here().watched.before(step, () -> {
                throw new StoreUnavailableException("session.touch", "app", "lost", null);
            });
            assertThat(eager.find(token)).as(step).isPresent();
            assertThat(here().watched.allRan()).as(step).isTrue();
            assertThat(eager.find(token)).as(step).isPresent();
            assertThat(ids(sessions().list(user))).as(step).containsExactly(token.id());
            assertThat(sessions().destroyAll(user)).as(step).isEqualTo(1);
            isGone(token);
        }
    }

    @Test
    default void anEntryAbroadLivesAsLongAsItsSessionWhoeverNotesItsUse() {
        Sessions half = here().sessions(USUAL.withIdle(second(1_800)).withTouchEvery(Duration.ZERO));
        Sessions longer = there().sessions(USUAL.withIdle(second(8 * 3_600)));
        String user = somebody();
        for (String step : List.of("session.enter", "session.touch")) {
            SessionToken token = abroad(half, user);
            here().watched.before(step, () -> assertThat(longer.refresh(token)).isPresent());
            Instant dies = half.find(token).orElseThrow().createdAt().plusSeconds(8 * 3_600);
            assertThat(here().pttl(here().key(token))).as(step).isGreaterThan(7 * 3_600_000L);
            assertThat(here().dies(user, token, dies, dies.plusSeconds(60)))
                    .as(step)
                    .isTrue();
        }
    }

    @Test
    default void itsFormForOthersIsTheOnePublished() {
        String user = somebody();
        Session session = created(sessions()
                        .create(NewSession.of(user).with("theme", "dark").with("visits", 7)))
                .session();
        assertThat(session.asMap())
                .containsExactly(
                        Map.entry("id", session.id().text()),
                        Map.entry("user_id", user),
                        Map.entry("data", Map.of("theme", "dark", "visits", 7)),
                        Map.entry("created_at", session.createdAt()),
                        Map.entry("expires_at", session.expiresAt()));
        assertThat(created(sessions().create(NewSession.anonymous())).session().asMap())
                .containsEntry("user_id", null);
    }

    @Test
    default void theOldTokenOfASessionThatWasGivenAwayOutlivesTheEndOfTheFirstOnes() {
        String ana = somebody();
        String ben = somebody();
        SessionToken old = abroad(sessions(), ana);
        sessions().assign(old, ben);
        SessionToken next = rotated(sessions(), old);
        assertThat(sessions().destroyAll(ana)).isZero();
        assertThat(sessions().find(old)).map(Session::id).contains(next.id());
    }

    @Test
    default void aSessionThatWasGivenAwayMakesRoomAtHome() {
        String user = somebody();
        Sessions one = here().sessions(USUAL.withMost(1, WhenFull.REJECT));
        SessionToken given = login(one, user);
        assertThat(one.create(NewSession.of(user))).isInstanceOf(CreateResult.Rejected.class);
        sessions().assign(given, somebody());
        SessionToken second = login(one, user);
        sessions().release(second);
        SessionToken third = login(one, user);
        assertThat(ids(sessions().list(user))).containsExactly(third.id());

        sessions().destroy(third);
        sessions().assign(second, user);
        expires(user);
        assertThat(one.create(NewSession.of(user))).isInstanceOf(CreateResult.Rejected.class);
    }

    @Test
    default void aSessionGivenAwayWhileItIsGivenHomeCountsForNobodyElse() {
        String user = somebody();
        SessionToken token = login(sessions(), user);
        sessions().assign(token, somebody());
        here().watched
                .before(
                        "session.assign",
                        () -> assertThat(others().assign(token, user)).isPresent());
        assertThat(sessions().release(token)).isPresent();
        assertThat(here().members(here().index(user))).isEmpty();
    }

    // Room for more

    @Test
    default void theLeastRecentlyUsedMakesRoom() {
        String user = somebody();
        Sessions two = here().sessions(USUAL.withMost(2, WhenFull.EVICT_OLDEST));
        SessionToken first = login(two, user);
        SessionToken second = login(two, user);
        here().number(
                        "ZADD",
                        here().index(user),
                        Instant.now().plusSeconds(600).toEpochMilli(),
                        first.ref().member());
        two.refresh(first);
        here().number(
                        "ZADD",
                        here().index(user),
                        Instant.now().plusSeconds(900).toEpochMilli(),
                        second.ref().member());
        here().observed.clear();
        CreateResult.Created third = created(two.create(NewSession.of(user)));
        assertThat(third.evicted()).containsExactly(second.id());
        isGone(second);
        assertThat(two.find(first)).isPresent();
        assertThat(two.find(third.token())).isPresent();
        assertThat(ids(two.list(user)))
                .containsExactlyInAnyOrder(first.id(), third.token().id());
        assertThat(here().observed).contains(SessionEvent.CREATED, SessionEvent.EVICTED);
    }

    @Test
    default void whereNobodyMakesRoomNobodyGetsIn() {
        String user = somebody();
        Sessions two = here().sessions(USUAL.withMost(2, WhenFull.REJECT));
        SessionToken first = login(two, user);
        SessionToken second = login(two, user);
        assertThat(two.create(NewSession.of(user))).isEqualTo(new CreateResult.Rejected(2));
        assertThat(two.list(user)).hasSize(2);
        assertThat(two.find(first)).isPresent();
        assertThat(two.destroy(second)).isTrue();
        login(two, user);
        assertThat(created(two.create(NewSession.anonymous())).session().user()).isEmpty();
    }

    @Test
    default void sessionsThatRanOutDoNotCount() {
        String user = somebody();
        Sessions one = here().sessions(SHORT.withMost(1, WhenFull.REJECT));
        Sessions usual = here().sessions(USUAL.withMost(2, WhenFull.REJECT));
        SessionToken lasting = login(sessions(), user);
        SessionToken brief = login(here().sessions(SHORT), user);
        await().until(() -> usual.create(NewSession.of(user)) instanceof CreateResult.Created);
        isGone(brief);
        assertThat(sessions().find(lasting)).isPresent();
        assertThat(usual.create(NewSession.of(user))).isEqualTo(new CreateResult.Rejected(2));
        assertThat(here().number("ZCARD", here().index(user)))
                .as("what ran out is out")
                .isEqualTo(2);
        assertThat(one.create(NewSession.of(user))).isEqualTo(new CreateResult.Rejected(2));
    }

    @Test
    default void moreThanFiveHundredTooManyMakeRoom() {
        String user = somebody();
        List<SessionToken> tokens = new ArrayList<>();
        for (int i = 0; i < 1_205; i++) {
            tokens.add(login(sessions(), user));
        }
        CreateResult.Created created = created(
                here().sessions(USUAL.withMost(3, WhenFull.EVICT_OLDEST)).create(NewSession.of(user)));
        assertThat(created.evicted()).hasSize(1_203).doesNotHaveDuplicates();
        List<Session> left = sessions().list(user);
        assertThat(left).hasSize(3);
        assertThat(tokens.stream().filter(token -> here().exists(here().key(token))))
                .hasSize(2);
        assertThat(sessions().find(created.token())).isPresent();
    }

    @Test
    default void ofSixtyFourLoginsAtOnceExactlyThreeLive() throws Exception {
        for (WhenFull whenFull : WhenFull.values()) {
            String user = somebody();
            SessionPolicy three = USUAL.withMost(3, whenFull);
            List<CreateResult> results = together(
                    64,
                    i -> () -> (i % 2 == 0 ? here() : there()).sessions(three).create(NewSession.of(user)));
            assertThat(results.stream().filter(CreateResult.Created.class::isInstance))
                    .hasSize(whenFull == WhenFull.REJECT ? 3 : 64);
            List<SessionToken> live = results.stream()
                    .filter(CreateResult.Created.class::isInstance)
                    .map(result -> ((CreateResult.Created) result).token())
                    .filter(token -> sessions().find(token).isPresent())
                    .toList();
            assertThat(live).hasSize(3);
            assertThat(ids(sessions().list(user)))
                    .containsExactlyInAnyOrderElementsOf(
                            live.stream().map(SessionToken::id).toList());
        }
    }

    // Ending

    @Test
    default void aDestroyedSessionIsGoneForEverybody() {
        String user = somebody();
        SessionToken token = login(sessions(), user);
        SessionToken other = login(sessions(), user);
        assertThat(others().destroy(token)).isTrue();
        isGone(token);
        assertThat(ids(sessions().list(user))).containsExactly(other.id());
        assertThat(here().number("ZCARD", here().index(user))).isEqualTo(1);
        SessionToken visitor = visitor(sessions(), user);
        assertThat(sessions().destroy(visitor)).isTrue();
        isGone(visitor);
    }

    @Test
    default void aSessionEndsByItsPublicNameButOnlyItsUsers() {
        String user = somebody();
        SessionToken token = login(sessions(), user);
        assertThat(sessions().destroy(somebody(), token.id())).isFalse();
        assertThat(sessions().find(token)).isPresent();
        assertThat(sessions().destroy(user, token.id())).isTrue();
        assertThat(sessions().destroy(user, token.id())).isFalse();
        isGone(token);
    }

    @Test
    default void allSessionsOfAUserEndAndNobodyElses() {
        String user = somebody();
        String other = somebody();
        SessionToken theirs = login(sessions(), other);
        List<SessionToken> tokens = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            tokens.add(login(sessions(), user));
            tokens.add(abroad(sessions(), user));
        }
        SessionToken kept = tokens.get(3);
        assertThat(others().destroyAllBut(user, kept.id())).isEqualTo(9);
        assertThat(ids(sessions().list(user))).containsExactly(kept.id());
        assertThat(sessions().find(kept)).isPresent();
        assertThat(others().destroyAll(user)).isEqualTo(1);
        tokens.forEach(this::isGone);
        assertThat(others().destroyAll(user)).isZero();
        assertThat(here().exists(here().index(user))).isFalse();
        assertThat(sessions().find(theirs)).isPresent();
    }

    @Test
    default void moreThanFiveHundredSessionsEndToo() {
        String user = somebody();
        List<SessionToken> tokens = new ArrayList<>();
        for (int i = 0; i < 1_100; i++) {
            tokens.add(login(sessions(), user));
        }
        here().watched.sent();
        assertThat(sessions().destroyAll(user)).isEqualTo(1_100);
        assertThat(here().watched.sent())
                .filteredOn(sent -> sent.startsWith("session.destroy"))
                .hasSize(3);
        assertThat(tokens).noneMatch(token -> here().exists(here().key(token)));
        assertThat(here().exists(here().index(user))).isFalse();
    }

    // Whoever is slow revives nothing

    @Test
    default void aSlowRequestRevivesNothing() {
        Sessions eager = here().sessions(USUAL.withTouchEvery(Duration.ZERO));
        for (boolean abroad : new boolean[] {false, true}) {
            for (boolean all : new boolean[] {false, true}) {
                List<Slow> requests = List.of(
                        new Slow(
                                "session.update",
                                t -> assertThat(eager.update(
                                                t, SessionChange.none().set("a", 1)))
                                        .isEqualTo(new UpdateResult.Gone())),
                        new Slow("session.touch", t -> assertThat(eager.find(t)).isEmpty()),
                        new Slow(
                                "session.touch",
                                t -> assertThat(eager.refresh(t)).isEmpty()),
                        new Slow(
                                "session.rotate",
                                t -> assertThat(eager.rotate(t)).isEqualTo(new RotateResult.Gone())),
                        new Slow(
                                "session.assign",
                                t -> assertThat(eager.assign(t, somebody())).isEmpty()));
                for (Slow request : requests) {
                    String user = somebody();
                    SessionToken token = abroad ? abroad(sessions(), user) : login(sessions(), user);
                    here().watched.before(request.step, () -> {
                        if (all) {
                            assertThat(others().destroyAll(user)).isEqualTo(1);
                        } else {
                            assertThat(others().destroy(token)).isTrue();
                        }
                    });
                    request.call.accept(token);
                    assertThat(here().watched.allRan()).isTrue();
                    isGone(token);
                    assertThat(sessions().list(user)).isEmpty();
                    assertThat(here().number("ZCARD", here().index(user))).isZero();
                }
            }
        }
    }

    /** A request that is held up right before one of its steps. */
    record Slow(String step, Consumer<SessionToken> call) {}

    @Test
    default void whoIsAssignedWhileAllEndIsListedAndEndsNextTime() {
        for (String step : List.of("session.enter", "session.assign")) {
            String user = somebody();
            SessionToken token = visitor(sessions(), user);
            List<Long> ended = new ArrayList<>();
            here().watched.before(step, () -> ended.add(others().destroyAll(user)));
            assertThat(sessions().assign(token, user)).as(step).isPresent();
            assertThat(ended).as(step).containsExactly(0L);
            assertThat(ids(sessions().list(user))).as(step).containsExactly(token.id());
            assertThat(sessions().destroyAll(user)).as(step).isEqualTo(1);
            isGone(token);
        }
    }

    // Two things at once to one session: it stays one session, in one list

    @Test
    default void aSessionRotatedWhileItIsAssignedIsTheUsersByItsNewToken() {
        for (String step : List.of("session.enter", "session.assign")) {
            String user = somebody();
            SessionToken old = visitor(sessions(), user);
            List<SessionToken> next = new ArrayList<>();
            here().watched.before(step, () -> next.add(rotated(others(), old)));
            assertThat(sessions().assign(old, user)).as(step).map(Session::user).contains(Optional.of(user));
            assertThat(ids(sessions().list(user)))
                    .as(step)
                    .containsExactly(next.get(0).id());
            here().number("DEL", here().key(old)); // the grace is over
            assertThat(sessions().destroyAll(user)).as(step).isEqualTo(1);
            isGone(next.get(0));
        }
    }

    @Test
    default void aSessionAssignedWhileItIsRotatedIsTheUsersByItsNewToken() {
        String user = somebody();
        SessionToken old = visitor(sessions(), user);
        here().watched
                .before(
                        "session.rotate",
                        () -> assertThat(others().assign(old, user)).isPresent());
        SessionToken next = rotated(sessions(), old);
        assertThat(ids(sessions().list(user))).containsExactly(next.id());
        here().number("DEL", here().key(old));
        assertThat(sessions().destroyAll(user)).isEqualTo(1);
        isGone(next);
    }

    @Test
    default void aSessionRotatedWhileItsUseIsNotedLivesOn() {
        Sessions eager = here().sessions(USUAL.withTouchEvery(Duration.ZERO));
        for (String step : List.of("session.touch", "session.enter")) {
            String user = somebody();
            SessionToken old = abroad(sessions(), user);
            List<SessionToken> next = new ArrayList<>();
            here().watched.before(step, () -> next.add(rotated(others(), old)));
            assertThat(eager.find(old))
                    .as(step)
                    .map(Session::id)
                    .contains(next.get(0).id());
            assertThat(sessions().find(next.get(0))).as(step).isPresent();
            assertThat(ids(sessions().list(user)))
                    .as(step)
                    .containsExactly(next.get(0).id());
        }
    }

    @Test
    default void aSessionAssignedWhileItsUseIsNotedIsInOneList() {
        Sessions eager = here().sessions(USUAL.withTouchEvery(Duration.ZERO));
        for (boolean abroad : new boolean[] {false, true}) {
            String ana = somebody();
            String ben = somebody();
            SessionToken token = abroad ? abroad(sessions(), ana) : login(sessions(), ana);
            here().watched
                    .before(
                            abroad ? "session.enter" : "session.touch",
                            () -> assertThat(others().assign(token, ben)).isPresent());
            assertThat(eager.find(token)).map(Session::user).contains(Optional.of(ben));
            assertThat(sessions().list(ana)).isEmpty();
            assertThat(sessions().destroyAll(ana)).isZero();
            assertThat(ids(sessions().list(ben))).containsExactly(token.id());
        }
    }

    @Test
    default void aLifeThatIsMadeLongerMeanwhileIsNotLongerThanItsEntry() {
        Sessions brief = here().sessions(USUAL.withIdle(second(60)));
        for (String step : List.of("session.assign", "session.rotate")) {
            String user = somebody();
            SessionToken token = step.equals("session.assign") ? visitor(brief, user) : abroad(brief, user);
            here().watched
                    .before(step, () -> assertThat(others().refresh(token)).isPresent());
            SessionToken now = token;
            if (step.equals("session.assign")) {
                assertThat(brief.assign(token, user)).isPresent();
            } else {
                now = rotated(brief, token);
            }
            // Not found by its token: that would note its use and mend the entry.
            Instant dies = sessions().list(user).get(0).expiresAt();
            assertThat(here().pttl(here().key(now))).as(step).isGreaterThan(80_000_000L);
            assertThat(here().dies(user, now, dies, dies.plusSeconds(60)))
                    .as(step)
                    .isTrue();
        }
    }

    @Test
    default void aClockThatStepsBackKeepsNobodyFromBeingAssignedOrRotated() {
        String user = somebody();
        SessionToken token = visitor(sessions(), user);
        // As it looks a minute before it was used.
        here().number("PEXPIRE", here().key(token), USUAL.idle().plusSeconds(60).toMillis());
        assertThat(sessions().assign(token, user)).isPresent();
        assertThat(sessions().find(rotated(sessions(), token))).isPresent();
    }

    @Test
    default void whatOnlyTidiesUpMayFail() {
        String user = somebody();
        SessionToken old = abroad(sessions(), user);
        Runnable lost = () -> {
            throw new StoreUnavailableException("session.leave", "app", "lost", null);
        };
        here().watched.before("session.leave", lost);
        SessionToken next = rotated(here().sessions(USUAL.withGrace(Duration.ZERO)), old);
        assertThat(ids(sessions().list(user))).containsExactly(next.id());
        here().watched.before("session.leave", lost);
        assertThat(sessions().destroy(next)).isTrue();
        assertThat(sessions().list(user)).isEmpty();
        assertThat(here().watched.allRan()).isTrue();
        isGone(next);
    }

    @Test
    default void allSessionsEndWhileOneAbroadIsRotated() {
        for (Duration grace : List.of(Duration.ZERO, second(10))) {
            for (String step : List.of("session.enter", "session.rotate", "session.leave")) {
                String user = somebody();
                SessionToken old = abroad(sessions(), user);
                List<Long> ended = new ArrayList<>();
                here().watched.before(step, () -> ended.add(others().destroyAll(user)));
                RotateResult rotated = here().sessions(USUAL.withGrace(grace)).rotate(old);
                assertThat(ended).as(step).containsExactly(1L);
                assertThat(sessions().list(user)).as(step).isEmpty();
                if (rotated instanceof RotateResult.Rotated done) {
                    assertThat(step).isEqualTo("session.leave");
                    isGone(done.token());
                }
                assertThat(sessions().find(old)).as(step).isEmpty();
            }
        }
    }

    @Test
    default void allSessionsEndWhileOneIsRotatedRightBeforeTheyAre() {
        for (boolean abroad : new boolean[] {false, true}) {
            for (Duration grace : List.of(Duration.ZERO, second(10))) {
                String user = somebody();
                SessionToken old = abroad ? abroad(sessions(), user) : login(sessions(), user);
                List<SessionToken> next = new ArrayList<>();
                here().watched
                        .before(
                                "session.destroy",
                                () -> next.add(rotated(there().sessions(USUAL.withGrace(grace)), old)));
                assertThat(sessions().destroyAll(user)).isEqualTo(1);
                assertThat(sessions().find(old)).isEmpty();
                isGone(next.get(0));
            }
        }
    }

    @Test
    default void anEndThatFailsHalfWayIsMadeUpForByTheNext() {
        for (boolean abroad : new boolean[] {false, true}) {
            String user = somebody();
            SessionToken old = abroad ? abroad(sessions(), user) : login(sessions(), user);
            List<SessionToken> next = new ArrayList<>();
            here().watched.before("session.destroy", () -> next.add(rotated(others(), old)));
            here().watched.before("session.destroy", 2, () -> {
                throw new StoreUnavailableException("session.destroy", "app", "lost", null);
            });
            assertThatExceptionOfType(StoreUnavailableException.class)
                    .isThrownBy(() -> sessions().destroy(old));
            assertThat(sessions().destroy(old)).isTrue();
            isGone(next.get(0));
        }
    }

    @Test
    default void aSessionThatIsGivenToSomebodyWhileItEndsLeavesNothingThatCounts() {
        String user = somebody();
        Sessions one = there().sessions(USUAL.withMost(1, WhenFull.REJECT));
        SessionToken token = login(sessions(), user);
        sessions().release(token);
        here().watched
                .before(
                        "session.destroy",
                        () -> assertThat(one.assign(token, user)).isPresent());
        assertThat(sessions().destroy(token)).isTrue();
        isGone(token);
        assertThat(one.create(NewSession.of(user))).isInstanceOf(CreateResult.Created.class);
    }

    @Test
    default void anOldTokenLeadsOnHoweverOftenItsSessionWasRotated() {
        SessionToken first = login(sessions(), somebody());
        SessionToken last = first;
        for (int i = 0; i < 8; i++) {
            last = rotated(sessions(), last);
        }
        assertThat(sessions().find(first)).map(Session::id).contains(last.id());
        assertThat(sessions().update(first, SessionChange.none().set("a", 1))).isInstanceOf(UpdateResult.Updated.class);
        assertThat(sessions().destroy(first)).isTrue();
        isGone(last);
    }

    @Test
    default void whoWasUsedMeanwhileDoesNotMakeRoom() {
        Sessions two = here().sessions(USUAL.withTouchEvery(Duration.ZERO).withMost(2, WhenFull.EVICT_OLDEST));
        String user = somebody();
        SessionToken used = login(two, user);
        SessionToken idle = login(two, user);
        long now = here().now();
        here().number(
                        "ZADD",
                        here().index(user),
                        now + 60_000,
                        used.ref().member(),
                        now + 120_000,
                        idle.ref().member());
        here().watched
                .before(
                        "session.create",
                        2,
                        () -> assertThat(there().sessions(USUAL.withTouchEvery(Duration.ZERO))
                                        .find(used))
                                .isPresent());
        assertThat(created(two.create(NewSession.of(user))).evicted()).containsExactly(idle.id());
        assertThat(two.find(used)).isPresent();
    }

    @Test
    default void nobodySurvivesTheEndOfAllByRotating() throws Exception {
        for (int round = 0; round < 5; round++) {
            boolean strict = round % 2 == 1;
            SessionPolicy policy = strict ? USUAL.withGrace(Duration.ZERO) : USUAL;
            String user = somebody();
            List<SessionToken> tokens = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                tokens.add(login(sessions(), user));
                tokens.add(abroad(sessions(), user));
            }
            AtomicBoolean ended = new AtomicBoolean();
            List<List<SessionToken>> all = together(6, i -> () -> {
                List<SessionToken> issued = new ArrayList<>();
                if (i == 5) {
                    others().destroyAll(user);
                    ended.set(true);
                    return issued;
                }
                Sessions sessions = here().sessions(policy);
                List<SessionToken> mine = new ArrayList<>(tokens.subList(4 * i, 4 * i + 4));
                issued.addAll(mine);
                while (!ended.get()) {
                    for (int k = 0; k < mine.size(); k++) {
                        if (sessions.rotate(mine.get(k)) instanceof RotateResult.Rotated rotated) {
                            mine.set(k, rotated.token());
                            issued.add(rotated.token());
                        }
                    }
                }
                return issued;
            });
            all.forEach(issued -> issued.forEach(token -> assertThat(sessions().find(token))
                    .as("a token of round " + strict)
                    .isEmpty()));
            assertThat(sessions().list(user)).isEmpty();
        }
    }

    @Test
    default void whoLogsInWhileAllAreEndedIsEitherEndedOrListed() throws Exception {
        String user = somebody();
        AtomicBoolean done = new AtomicBoolean();
        List<List<SessionToken>> all = together(5, i -> () -> {
            List<SessionToken> issued = new ArrayList<>();
            if (i == 4) {
                for (int k = 0; k < 10; k++) {
                    others().destroyAll(user);
                }
                done.set(true);
                return issued;
            }
            for (int k = 0; k < 200 && !done.get(); k++) {
                issued.add(login(sessions(), user));
            }
            return issued;
        });
        List<SessionId> alive = all.stream()
                .flatMap(List::stream)
                .filter(token -> sessions().find(token).isPresent())
                .map(SessionToken::id)
                .toList();
        assertThat(ids(sessions().list(user))).containsExactlyInAnyOrderElementsOf(alive);
        assertThat(sessions().destroyAll(user)).isEqualTo(alive.size());
        assertThat(all.stream().flatMap(List::stream)).noneMatch(token -> here().exists(here().key(token)));
    }

    // Listing

    @Test
    default void theListIsOfTheLivingLastUsedFirst() {
        String user = somebody();
        SessionToken first = login(sessions(), user);
        SessionToken second = login(sessions(), user);
        SessionToken brief = login(here().sessions(SHORT), user);
        long used = sessions().find(second).orElseThrow().lastUsedAt().toEpochMilli();
        lastUsed(first, used - 60_000);
        lastUsed(brief, used - 30_000);
        assertThat(ids(others().list(user))).startsWith(second.id()).endsWith(first.id());
        await().until(() -> others().list(user).size() == 2);
        assertThat(ids(others().list(user))).containsExactly(second.id(), first.id());
        assertThat(others().list(somebody())).isEmpty();
    }

    @Test
    default void whatAnotherProgramWroteIntoAListIsPassedOver() {
        String user = somebody();
        SessionToken token = login(sessions(), user);
        here().number("ZADD", here().index(user), Instant.now().plusSeconds(60).toEpochMilli(), "theirs");
        assertThat(ids(sessions().list(user))).containsExactly(token.id());
        assertThat(sessions().destroyAll(user)).isEqualTo(1);
    }

    @Test
    default void aUseIsNotedWhateverThisProcessBelievesTheTimeToBe() {
        SessionToken token = login(sessions(), somebody());
        sessions().refresh(token);
        lastUsed(token, Instant.now().plusSeconds(3_600).toEpochMilli());
        Session used = sessions().find(token).orElseThrow();
        assertThat(used.lastUsedAt()).isBefore(Instant.now().plusSeconds(60));
    }

    private void lastUsed(SessionToken token, long millis) {
        String[] numbers = here().text("HGET", here().key(token), "m").split(" ");
        numbers[1] = Long.toString(millis);
        here().number("HSET", here().key(token), "m", String.join(" ", numbers));
    }

    @Test
    default void aDeviceIsListedAsItWasTold() {
        String user = somebody();
        sessions().create(NewSession.of(user).from(new Device("2001:db8::1", "curl/8.5 (a\nb)")));
        assertThat(sessions().list(user))
                .extracting(Session::device)
                .containsExactly(new Device("2001:db8::1", "curl/8.5 (a b)"));
        sessions().create(NewSession.of(user));
        assertThat(sessions().list(user)).extracting(Session::device).contains(Device.UNKNOWN);
    }

    @Test
    default void aListMayBeLong() {
        String user = somebody();
        for (int i = 0; i < 1_100; i++) {
            login(sessions(), user);
        }
        assertThat(sessions().list(user)).hasSize(1_100);
        assertThat(sessions().destroyAll(user)).isEqualTo(1_100);
    }

    @Test
    default void saysWhatHappened() {
        here().observed.clear();
        SessionToken token = login(sessions(), somebody());
        sessions().find("no token");
        sessions().find(SessionToken.inAnyBucket());
        Session read = sessions().refresh(token).orElseThrow();
        sessions().update(token, SessionChange.none().set("a", 1));
        sessions().update(token, SessionChange.none().set("a", 2).onlyIf(read));
        SessionToken next = rotated(sessions(), token);
        sessions().destroy(next);
        assertThat(here().observed)
                .containsExactly(
                        SessionEvent.CREATED,
                        SessionEvent.MALFORMED,
                        SessionEvent.ABSENT,
                        SessionEvent.TOUCHED,
                        SessionEvent.UPDATED,
                        SessionEvent.CONFLICT,
                        SessionEvent.ROTATED,
                        SessionEvent.DESTROYED);
        assertThat(sessions().policy().idle()).isEqualTo(USUAL.idle());
    }

    /** Lets as many threads as asked begin at once, and waits for all. */
    private static <T> List<T> together(int threads, IntFunction<Callable<T>> task)
            throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(threads, each -> SessionBench.daemon(each, "together"));
        try {
            CompletionService<T> running = new ExecutorCompletionService<>(pool);
            for (int i = 0; i < threads; i++) {
                running.submit(task.apply(i));
            }
            List<T> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(running.take().get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }
}
