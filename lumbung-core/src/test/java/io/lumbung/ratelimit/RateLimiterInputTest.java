package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.lumbung.codec.JsonCodec;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Kernel;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be meant is an error that names the value and what is allowed, before anything is sent. */
class RateLimiterInputTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);

    private final ScriptedRedis redis = new ScriptedRedis();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RateLimiters limiters = RateLimiters.on(
            new Kernel(
                    redis, redis, new KeySpace("app"), new JsonCodec(), Observer.NONE, timer, task -> {}, task -> {}),
            Duration.ofMillis(250),
            READ_TIMEOUT);
    private final RateLimiter limiter = limiters.limiter("api")
            .limits(RateLimit.perHour(10), RateLimit.smooth(5, HOUR).named("even"))
            .build();

    @AfterEach
    void nothingWasSent() {
        assertThat(redis.asked).isEmpty();
        timer.shutdownNow();
    }

    /** Something wrong, and what its message must hold. */
    record Wrong(String what, ThrowingCallable call, String... parts) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Wrong> limits() {
        return Stream.of(
                new Wrong("no permits", () -> RateLimit.perMinute(0), "permits", "1 to 2^53", "0"),
                new Wrong("negative permits", () -> RateLimit.slidingCounter(-3, HOUR), "permits", "-3"),
                new Wrong("no permits, smooth", () -> RateLimit.smooth(0, HOUR), "permits", "0"),
                new Wrong(
                        "no quota",
                        () -> RateLimit.quota(0, CalendarPeriod.DAY, ZoneOffset.UTC),
                        "permits",
                        "1 to 2^53"),
                new Wrong(
                        "a quota that cannot be counted",
                        () -> RateLimit.quota(1L << 53, CalendarPeriod.DAY, ZoneOffset.UTC),
                        "2^53",
                        "9007199254740992"),
                new Wrong("a short window", () -> RateLimit.slidingLog(1, Duration.ofMillis(9)), "10 ms", "PT0.009S"),
                new Wrong("no window", () -> RateLimit.slidingLog(1, Duration.ZERO), "10 ms", "PT0S"),
                new Wrong("a negative window", () -> RateLimit.smooth(1, HOUR.negated()), "10 ms", "PT-1H"),
                new Wrong(
                        "a long window",
                        () -> RateLimit.slidingCounter(1, Duration.ofDays(366).plusNanos(1000)),
                        "366 days",
                        "PT8784H0.000001S"),
                new Wrong("an endless window", () -> RateLimit.slidingLog(1, ENDLESS), "366 days"),
                new Wrong(
                        "parts of microseconds",
                        () -> RateLimit.slidingLog(1, HOUR.plusNanos(1)),
                        "whole microseconds",
                        "PT1H0.000000001S"),
                new Wrong("a long log", () -> RateLimit.perHour(10_001), "10000", "10001", "slidingCounter"),
                new Wrong(
                        "a counter that rounds",
                        () -> RateLimit.slidingCounter(2_502_000, HOUR),
                        "2501999",
                        "2502000",
                        "shorter window"),
                new Wrong(
                        "a period that rounds",
                        () -> RateLimit.smooth(6_600, Duration.ofMillis(10)),
                        "1 %",
                        "6600",
                        "slidingCounter"),
                new Wrong(
                        "more than a permit a microsecond",
                        () -> RateLimit.smooth(10_001, Duration.ofMillis(10)),
                        "1 %",
                        "10001"),
                new Wrong("no burst", () -> RateLimit.smooth(5, HOUR, 0), "burst", "at least 1", "0"),
                new Wrong(
                        "a burst that cannot be counted",
                        () -> RateLimit.smooth(1, HOUR, Long.MAX_VALUE),
                        "burst",
                        "625499",
                        "9223372036854775807"),
                new Wrong("no name", () -> RateLimit.perHour(1).named(""), "1 to 32", "''"),
                new Wrong(
                        "a name of another key",
                        () -> RateLimit.perHour(1).named("override"),
                        "none of [blocked, override, redis]"),
                new Wrong("a name of an answer", () -> RateLimit.perHour(1).named("blocked"), "'blocked'", "none of"),
                new Wrong("a name with braces", () -> RateLimit.perHour(1).named("a}"), "'a}'", "letters"),
                new Wrong(
                        "a long name",
                        () -> RateLimit.smooth(1, HOUR).named("x".repeat(33)),
                        "1 to 32",
                        "x".repeat(32) + "'"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void refusesLimits(Wrong wrong) {
        refuses(wrong);
    }

    @Test
    void acceptsLimitsAtTheirBounds() {
        assertThat(List.of(
                        RateLimit.slidingLog(10_000, Duration.ofMillis(10)),
                        RateLimit.slidingLog(1, Duration.ofDays(366)),
                        RateLimit.slidingCounter(2_501_999, HOUR),
                        RateLimit.smooth(10_000, Duration.ofMillis(10)),
                        RateLimit.smooth(1, Duration.ofMillis(10), 1),
                        RateLimit.quota((1L << 53) - 1, CalendarPeriod.YEAR, ZoneOffset.UTC),
                        RateLimit.perSecond(1).named("x".repeat(32))))
                .hasSize(7);
    }

    Stream<Wrong> declarations() {
        RateLimit[] nine = IntStream.range(0, 9)
                .mapToObj(i -> RateLimit.perHour(1).named("l" + i))
                .toArray(RateLimit[]::new);
        return Stream.of(
                new Wrong("no limits", () -> limiters.limiter("x").build(), "'x'", "1 to 8", "0", "limits("),
                new Wrong(
                        "nine limits", () -> limiters.limiter("x").limits(nine).build(), "1 to 8", "9"),
                new Wrong(
                        "two limits of one name",
                        () -> limiters.limiter("x")
                                .limits(RateLimit.perHour(1), RateLimit.smooth(5, HOUR))
                                .build(),
                        "'1h'",
                        "named("),
                new Wrong("no name", () -> limiters.limiter(""), "1 to 64", "''"),
                new Wrong("a name of two parts", () -> limiters.limiter("a:b"), "'a:b'", "1 to 64"),
                new Wrong("a name in braces", () -> limiters.limiter("{a}"), "'{a}'"),
                new Wrong("a long name", () -> limiters.limiter("x".repeat(65)), "1 to 64"),
                deadline(Duration.ZERO, "PT0S"),
                deadline(Duration.ofMillis(-1), "PT-0.001S"),
                deadline(READ_TIMEOUT.plusMillis(1), "PT3.001S"),
                deadline(ENDLESS, "PT2562047788015215H30M7S"));
    }

    private Wrong deadline(Duration time, String printed) {
        return new Wrong(
                "deadline " + time,
                () -> limiters.limiter("x")
                        .limits(RateLimit.perHour(1))
                        .deadline(time)
                        .build(),
                "deadline",
                "PT3S",
                printed,
                "lumbung.redis.read-timeout");
    }

    @Test
    void refusesDeclarations() {
        declarations().forEach(this::refuses);
        assertThat(limiters.find("x")).isEmpty();
    }

    private static final List<String> WRONG_SUBJECTS =
            List.of("", " ", "\t\n", "x".repeat(10_240), "é".repeat(600), "half \uD83D a pair", "\uDE42");

    @Test
    void refusesSubjects() {
        for (String subject : WRONG_SUBJECTS) {
            List.<ThrowingCallable>of(
                            () -> limiter.tryAcquire(subject),
                            () -> limiter.tryAcquire(subject, 2),
                            () -> limiter.peek(subject, 0),
                            () -> limiter.acquire(subject, 1, HOUR),
                            () -> limiter.reset(subject),
                            () -> limiter.override(subject, SubjectOverride.blocked(), HOUR),
                            () -> limiter.overrideOf(subject),
                            () -> limiter.removeOverride(subject),
                            () -> limiters.tryAcquireAll(
                                    Acquisition.of(limiter, "fine"), Acquisition.of(limiter, subject)))
                    .forEach(call -> assertThatIllegalArgumentException().isThrownBy(call));
        }
        refuses(new Wrong("blank", () -> limiter.tryAcquire(" "), "blank"));
        refuses(new Wrong("a blank key", () -> limiter.tryAcquire(Key.of(" "), 1), "blank"));
        refuses(new Wrong("long", () -> limiter.tryAcquire("x".repeat(10_240)), "10258", "1024", "Key.hashed"));
        refuses(new Wrong("half a pair", () -> limiter.tryAcquire("a\uD83D"), "surrogate", "index 1"));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.tryAcquire(Key.of("x".repeat(1_100)), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.peek(Key.of("x".repeat(1_100)), 1));
    }

    @Test
    void refusesCosts() {
        for (long cost : new long[] {0, -1, Long.MIN_VALUE}) {
            String was = "was " + cost;
            refuses(new Wrong("take", () -> limiter.tryAcquire("ana", cost), "cost", "at least 1", was));
            refuses(new Wrong("acquire", () -> limiter.acquire("ana", cost, HOUR), "cost", "at least 1", was));
            refuses(new Wrong(
                    "all",
                    () -> limiters.tryAcquireAll(
                            Acquisition.of(limiter, "fine"), new Acquisition(limiter, Key.of("ana"), cost)),
                    "at least 1",
                    was));
        }
        refuses(new Wrong("peek", () -> limiter.peek("ana", -1), "cost", "at least 0", "-1"));
        for (long cost : new long[] {6, 11, Long.MAX_VALUE}) {
            String[] parts = {"cost " + cost + " can never succeed", "'api'", "at most 5", "raise the limit"};
            refuses(new Wrong("take", () -> limiter.tryAcquire("ana", cost), parts));
            refuses(new Wrong("peek", () -> limiter.peek("ana", cost), parts));
            refuses(new Wrong("acquire", () -> limiter.acquire("ana", cost, HOUR), parts));
        }
    }

    @Test
    void refusesWaits() {
        refuses(new Wrong("negative", () -> limiter.acquire("ana", 1, Duration.ofNanos(-1)), "0 to 24 h", "PT-0.0"));
        refuses(new Wrong("long", () -> limiter.acquire("ana", 1, Duration.ofHours(25)), "0 to 24 h", "PT25H"));
        refuses(new Wrong("endless", () -> limiter.acquire("ana", 1, ENDLESS), "0 to 24 h"));
    }

    @Test
    void refusesOverrides() {
        for (Duration time : List.of(
                Duration.ZERO,
                Duration.ofMillis(-1),
                Duration.ofNanos(999_999),
                Duration.ofDays(366).plusMillis(1),
                ENDLESS,
                ENDLESS.negated())) {
            refuses(new Wrong(
                    "for " + time,
                    () -> limiter.override("ana", SubjectOverride.blocked(), time),
                    "1 ms to 366 days",
                    time.toString()));
        }
        for (RateLimit[] wrong : new RateLimit[][] {
            {},
            {RateLimit.perHour(10)},
            {RateLimit.smooth(5, HOUR), RateLimit.perHour(10)},
            {RateLimit.perHour(1), RateLimit.smooth(5, HOUR), RateLimit.perHour(1)},
            {RateLimit.perHour(1), RateLimit.slidingCounter(5, HOUR)},
        }) {
            refuses(new Wrong(
                    Arrays.toString(wrong),
                    () -> limiter.override("ana", SubjectOverride.limits(wrong), HOUR),
                    "'api'",
                    "same kinds",
                    Arrays.toString(wrong)));
        }
        assertThatNullPointerException().isThrownBy(() -> limiter.override("ana", null, HOUR));
    }

    @Test
    void refusesToGiveBackWhatItDidNotTake() {
        Decision.Allowed nothing = new Decision.Allowed(
                "api", Key.of("ana"), 1, DecisionSource.POLICY, List.of(), Receipt.NOTHING, Optional.empty());
        Decision.Allowed others = new Decision.Allowed(
                "other",
                Key.of("ana"),
                1,
                DecisionSource.REDIS,
                List.of(),
                Receipt.of(1, List.of(), new long[0]),
                Optional.empty());
        assertThat(limiter.refund(nothing)).isFalse();
        refuses(new Wrong("too many", () -> limiter.refund(nothing, 1), "1 permits", "0 are left"));
        refuses(new Wrong("of another limiter", () -> limiter.refund(others), "'api'", "'other'"));
        refuses(new Wrong("none", () -> limiter.refund(nothing, 0), "at least 1", "0"));
        refuses(new Wrong("negative", () -> limiter.refund(nothing, -5), "at least 1", "-5"));
    }

    @Test
    void refusesToAskSeveralLimitersThatAreNoneOrForeign() {
        refuses(new Wrong("none", () -> limiters.tryAcquireAll(List.of()), "no "));
        RateLimiter foreign = new ForeignLimiter();
        refuses(new Wrong(
                "foreign",
                () -> limiters.tryAcquireAll(Acquisition.of(limiter, "fine"), Acquisition.of(foreign, "ana")),
                "'foreign'",
                "RateLimiters"));
    }

    private void refuses(Wrong wrong) {
        assertThatIllegalArgumentException()
                .as(wrong.what())
                .isThrownBy(wrong.call())
                .satisfies(e -> assertThat(e.getMessage()).contains(wrong.parts()));
    }

    /** Somebody's own. */
    private static final class ForeignLimiter implements RateLimiter {
        @Override
        public String name() {
            return "foreign";
        }

        @Override
        public List<RateLimit> limits() {
            return List.of();
        }

        @Override
        public Decision tryAcquire(Key subject, long cost) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Decision peek(Key subject, long cost) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Decision acquire(Key subject, long cost, Duration maxWait) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean refund(Decision.Allowed decision, long permits) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean reset(Key subject) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void override(Key subject, SubjectOverride override, Duration time) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<SubjectOverride> overrideOf(Key subject) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean removeOverride(Key subject) {
            throw new UnsupportedOperationException();
        }
    }
}
