package io.lumbung.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.lumbung.codec.JsonCodec;
import io.lumbung.error.CodecException;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.SessionEvent;
import io.lumbung.redis.Kernel;
import io.lumbung.session.SessionPolicy.WhenFull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be meant is an error that names the value, and what is no token is no session, before anything is sent. */
class SessionInputTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final SessionPolicy USUAL = SessionPolicy.standard();

    private final List<Observation> observed = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final SilentRedis redis = new SilentRedis();
    private final Sessions sessions = Sessions.on(
            new Kernel(
                    redis, redis, new KeySpace("app"), new JsonCodec(), observed::add, timer, task -> {}, task -> {}),
            USUAL);
    private final SessionToken token = SessionToken.inAnyBucket();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a",
                "anonymous",
                "ab.short",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "abcAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "AB.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "a1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "}:.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\0",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAé",
                "ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA😀",
                " ab.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
            })
    void whatIsNoTokenIsNoSession(String text) {
        assertThat(SessionToken.parse(text)).isEmpty();
        assertThat(sessions.find(text)).isEmpty();
        assertThat(observed).containsExactly(new Observation.Session(SessionEvent.MALFORMED));
    }

    @Test
    void whatIsFarTooLongIsNoSession() {
        assertThat(sessions.find("ab." + "A".repeat(10_000_000))).isEmpty();
        assertThat(sessions.find(token.text() + token.text())).isEmpty();
    }

    @Test
    void aTokenIsReadAsItWasWritten() {
        SessionToken read = SessionToken.parse(token.text()).orElseThrow();
        assertThat(read).isEqualTo(token).hasSameHashCodeAs(token);
        assertThat(read.id()).isEqualTo(token.id());
        assertThat(read).isNotEqualTo(SessionToken.inAnyBucket()).isNotEqualTo(token.text());
    }

    @Test
    void tokensAreRandomAndBucketsAreUsedEvenly() {
        Set<String> tokens = new HashSet<>();
        int[] ones = new int[256];
        int issued = 20_000;
        for (int i = 0; i < issued; i++) {
            String text = SessionToken.inAnyBucket().text();
            tokens.add(text);
            byte[] random = Base64.getUrlDecoder().decode(text.substring(3));
            assertThat(random).hasSize(32);
            for (int bit = 0; bit < 256; bit++) {
                ones[bit] += random[bit / 8] >> (bit % 8) & 1;
            }
        }
        assertThat(tokens).hasSize(issued);
        assertThat(tokens.stream().map(text -> text.substring(0, 2)).distinct().count())
                .isEqualTo(1_024);
        // Seven standard deviations: 70.7 each.
        assertThat(IntStream.of(ones)).allMatch(count -> Math.abs(count - issued / 2) < 500);
    }

    /** Something wrong, and what its message must hold. */
    record Wrong(String what, ThrowingCallable call, String... parts) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Wrong> policies() {
        return Stream.of(
                new Wrong("no idle life", () -> USUAL.withIdle(Duration.ZERO), "idle", "PT1S", "PT0S"),
                new Wrong("a negative idle life", () -> USUAL.withIdle(SECOND.negated()), "idle", "PT-1S"),
                new Wrong("a short idle life", () -> USUAL.withIdle(Duration.ofMillis(999)), "idle", "PT0.999S"),
                new Wrong("a long idle life", () -> USUAL.withIdle(YEAR.plusMillis(1)), "idle", "PT8760H"),
                new Wrong(
                        "an endless life",
                        () -> USUAL.withAbsolute(Duration.ofSeconds(Long.MAX_VALUE)),
                        "absolute",
                        "PT8760H"),
                new Wrong(
                        "an absolute life below the idle one",
                        () -> USUAL.withAbsolute(Duration.ofHours(23)),
                        "absolute",
                        "PT24H",
                        "PT23H"),
                new Wrong("fewer than none", () -> USUAL.withMost(-1, WhenFull.REJECT), "most", "500", "-1"),
                new Wrong("too many", () -> USUAL.withMost(501, WhenFull.REJECT), "most", "500", "501"),
                new Wrong("negative notes", () -> USUAL.withTouchEvery(SECOND.negated()), "touchEvery", "PT-1S"),
                new Wrong(
                        "notes that come too late",
                        () -> USUAL.withTouchEvery(Duration.ofHours(7)),
                        "touchEvery",
                        "PT6H",
                        "PT7H"),
                new Wrong("a negative grace", () -> USUAL.withGrace(SECOND.negated()), "grace", "PT1M", "PT-1S"),
                new Wrong("a long grace", () -> USUAL.withGrace(Duration.ofSeconds(61)), "grace", "PT1M", "PT1M1S"),
                new Wrong("no data", () -> data(0), "maxDataBytes", "65536", "0"),
                new Wrong("too much data", () -> data(65_537), "maxDataBytes", "65536", "65537"));
    }

    private static SessionPolicy data(int bytes) {
        return new SessionPolicy(SECOND, SECOND, 0, WhenFull.REJECT, Duration.ZERO, Duration.ZERO, bytes, false);
    }

    static Stream<Wrong> names() {
        String long129 = "n".repeat(129);
        return Stream.of(
                new Wrong("no user", () -> NewSession.of(""), "user", "blank"),
                new Wrong("a blank user", () -> NewSession.of(" \t"), "user", "blank"),
                new Wrong(
                        "a blank user in a record",
                        () -> new NewSession(Optional.of(" "), Map.of(), Device.UNKNOWN),
                        "blank"),
                new Wrong("no attribute", () -> NewSession.of("ana").with("", 1), "attribute", "1 to 128"),
                new Wrong("a blank attribute", () -> NewSession.of("ana").with("  ", 1), "'  '"),
                new Wrong("a long attribute", () -> NewSession.of("ana").with(long129, 1), "128", "129"),
                new Wrong(
                        "a line break in an attribute",
                        () -> NewSession.of("ana").with("a\nb", 1),
                        "control",
                        "a?b"),
                new Wrong(
                        "half a character in an attribute",
                        () -> SessionChange.none().remove("\uD800"),
                        "surrogate"),
                new Wrong("no attribute to set", () -> SessionChange.none().set("", 1), "1 to 128"),
                new Wrong("no attribute to remove", () -> SessionChange.none().remove(" "), "1 to 128"),
                new Wrong("a long attribute to set", () -> SessionChange.none().set(long129, 1), "129"),
                new Wrong("an id of nothing", () -> new SessionId(""), "22", "''"),
                new Wrong("a token as an id", () -> new SessionId("ab." + "A".repeat(43)), "22", "46 characters"),
                new Wrong("an id of other characters", () -> new SessionId("A".repeat(21) + "/"), "22"));
    }

    @ParameterizedTest
    @MethodSource({"policies", "names"})
    void saysWhatIsWrong(Wrong wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(wrong.call())
                .satisfies(
                        e -> assertThat(e.getMessage()).contains(wrong.parts()).doesNotContain("ab.AAAA"));
    }

    @Test
    void theEdgesAreAllowed() {
        assertThat(USUAL.withIdle(SECOND).touchEvery()).isEqualTo(Duration.ofMillis(250));
        assertThat(USUAL.withIdle(YEAR).absolute()).isEqualTo(YEAR);
        assertThat(USUAL.withMost(500, WhenFull.REJECT).most()).isEqualTo(500);
        assertThat(USUAL.withTouchEvery(Duration.ofHours(6)).touchEvery()).isEqualTo(Duration.ofHours(6));
        assertThat(USUAL.withGrace(Duration.ofSeconds(60)).grace()).isEqualTo(Duration.ofMinutes(1));
        assertThat(data(65_536).maxDataBytes()).isEqualTo(SessionPolicy.LARGEST_DATA);
        assertThat(data(1).maxDataBytes()).isEqualTo(1);
        assertThat(NewSession.of("ana").with("n".repeat(128), 1).attributes()).hasSize(1);
    }

    @Test
    void theCollectionsOfRulesAreWhatTheySay() {
        assertLives(SessionPolicy.standard(), Duration.ofHours(24), Duration.ofDays(30));
        assertLives(SessionPolicy.nistAal1(), Duration.ofDays(30), Duration.ofDays(30));
        assertLives(SessionPolicy.nistAal2(), Duration.ofMinutes(30), Duration.ofHours(12));
        assertLives(SessionPolicy.nistAal3(), Duration.ofMinutes(15), Duration.ofHours(12));
        assertLives(SessionPolicy.owaspLowRisk(), Duration.ofMinutes(30), Duration.ofHours(8));
        assertLives(SessionPolicy.owaspHighValue(), Duration.ofMinutes(5), Duration.ofHours(4));
    }

    private static void assertLives(SessionPolicy policy, Duration idle, Duration absolute) {
        assertThat(policy)
                .isEqualTo(new SessionPolicy(
                        idle,
                        absolute,
                        0,
                        WhenFull.EVICT_OLDEST,
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(10),
                        64 * 1024,
                        false));
    }

    @Test
    void tooMuchDataIsRefusedBeforeAnythingIsSent() {
        String large = "x".repeat(64 * 1024);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sessions.create(NewSession.of("ana").with("a", large)))
                .withMessageContaining("65536")
                .withMessageContaining("65540");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sessions.update(token, SessionChange.none().set("a", large)))
                .withMessageContaining("65540");
        String half = "x".repeat(33 * 1024);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        sessions.create(NewSession.of("ana").with("a", half).with("b", half)));
    }

    @Test
    void whatCannotBeWrittenIsAnErrorAtOnce() {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> sessions.create(NewSession.of("ana").with("a", new Itself())));
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> sessions.update(token, SessionChange.none().set("a", new Itself())));
    }

    /** Contains itself. */
    public static final class Itself {
        public Itself getMe() {
            return this;
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void nothingIsNoArgument() {
        String nothing = none();
        assertThatNullPointerException().isThrownBy(() -> NewSession.of(nothing));
        assertThatNullPointerException().isThrownBy(() -> NewSession.of("ana").with("a", noObject()));
        assertThatNullPointerException().isThrownBy(() -> SessionChange.none().set("a", noObject()));
        assertThatNullPointerException().isThrownBy(() -> sessions.assign(token, nothing));
    }

    @SuppressWarnings({"NullAway", "ReturnOfNull"})
    private static String none() {
        return null;
    }

    @SuppressWarnings({"NullAway", "ReturnOfNull"})
    private static Object noObject() {
        return null;
    }

    @Test
    void aBlankUserIsNobodysName() {
        assertThatIllegalArgumentException().isThrownBy(() -> sessions.assign(token, " "));
    }

    @Test
    void whatADeviceSaysOfItselfIsCut() {
        assertThat(new Device("x".repeat(1_000), "y".repeat(1_000)))
                .isEqualTo(new Device("x".repeat(64), "y".repeat(256)));
        assertThat(new Device("x".repeat(63) + "😀", "y".repeat(255) + "😀"))
                .isEqualTo(new Device("x".repeat(63), "y".repeat(255)));
    }

    @Test
    void changesAreKeptApartAndTheLastOneCounts() {
        SessionChange change =
                SessionChange.none().set("a", 1).remove("b").set("b", 2).remove("a");
        assertThat(change.attributes()).isEqualTo(Map.of("a", Optional.empty(), "b", Optional.of(2)));
        assertThat(change.version()).isEqualTo(OptionalLong.empty());
    }

    @Test
    void noPublicTypeShowsAToken() {
        String secret = token.text();
        StoredSession stored =
                new StoredSession(Optional.of("ana"), 1, 2, 3, 4, 5, Device.UNKNOWN, Map.of("a", new byte[] {49}));
        Session session = new Session(token.ref(), stored, new JsonCodec());
        List<Object> all = List.of(
                token,
                token.ref(),
                token.id(),
                session,
                stored,
                new CreateResult.Created(token, session, List.of(token.id())),
                new RotateResult.Rotated(token),
                NewSession.of("ana"),
                SessionChange.none().onlyIf(session),
                sessions);
        assertThat(all)
                .allSatisfy(
                        one -> assertThat(one.toString()).doesNotContain(secret).doesNotContain(secret.substring(3)));
        assertThat(token).hasToString("st_****");
    }
}
