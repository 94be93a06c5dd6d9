package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.lumbung.HeardLog;
import io.lumbung.key.Key;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.RateLimitResult;
import io.lumbung.observe.Observation.RateLimitSource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every limiter promises, whatever Redis it stands on. Every test uses a limiter of its own. */
@Timeout(60)
interface RateLimiterContract {
    Duration HOUR = Duration.ofHours(1);

    /** The kinds of limits, with windows no test outlives. */
    enum Sort {
        LOG {
            @Override
            RateLimit of(long permits) {
                return RateLimit.slidingLog(permits, HOUR);
            }
        },
        COUNTER {
            @Override
            RateLimit of(long permits) {
                return RateLimit.slidingCounter(permits, HOUR);
            }
        },
        SMOOTH {
            @Override
            RateLimit of(long permits) {
                return RateLimit.smooth(permits, HOUR);
            }
        },
        QUOTA {
            @Override
            RateLimit of(long permits) {
                return RateLimit.quota(permits, CalendarPeriod.YEAR, ZoneOffset.UTC);
            }
        };

        abstract RateLimit of(long permits);
    }

    /** This process. */
    LimiterBench here();

    /** Another process on the same Redis. */
    LimiterBench there();

    @AfterEach
    default void waitAsUsual() {
        here().pause = Pause.REAL;
    }

    private static String fresh() {
        return "t" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
    }

    private RateLimiter limiter(RateLimit... limits) {
        return here().limiters.limiter(fresh()).limits(limits).build();
    }

    private RateLimiter other(RateLimiter same) {
        return there().limiters.limiter(same.name()).limits(same.limits()).build();
    }

    private StoreKey key(RateLimiter limiter, String subject) {
        return here().key(limiter, subject);
    }

    private static Decision.Allowed allowed(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Allowed.class);
        return (Decision.Allowed) decision;
    }

    private static Decision.Refused refused(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        return (Decision.Refused) decision;
    }

    private static long left(Decision decision) {
        return decision.tightest().orElseThrow().remaining();
    }

    private static long left(RateLimiter limiter, String subject) {
        return left(limiter.peek(subject, 0));
    }

    private static void take(RateLimiter limiter, String subject, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(limiter.tryAcquire(subject).isAllowed()).isTrue();
        }
    }

    // Taking

    @ParameterizedTest
    @EnumSource
    default void allowsAsManyAsTheLimitAndNoMore(Sort sort) {
        RateLimiter limiter = limiter(sort.of(5));
        for (long left = 4; left >= 0; left--) {
            Decision.Allowed decision = allowed(limiter.tryAcquire("ana"));
            assertThat(decision.limiter()).isEqualTo(limiter.name());
            assertThat(decision.subject()).isEqualTo(Key.of("ana"));
            assertThat(decision.cost()).isEqualTo(1);
            assertThat(decision.source()).isEqualTo(DecisionSource.REDIS);
            assertThat(decision.wouldRefuse()).isEmpty();
            assertThat(decision.receipt().left()).isEqualTo(1);
            assertThat(decision.limits()).singleElement().satisfies(status -> {
                assertThat(status.limit()).isEqualTo(sort.of(5));
                assertThat(status.reset()).isAfter(Instant.now().minusSeconds(1));
            });
            assertThat(left(decision)).isEqualTo(left);
        }
        Decision.Refused no = refused(limiter.tryAcquire("ana"));
        assertThat(no.source()).isEqualTo(DecisionSource.REDIS);
        assertThat(no.limit()).isEqualTo(sort.of(5).name());
        assertThat(no.retryAfter())
                .isPositive()
                .isLessThanOrEqualTo(sort.of(5).window().multipliedBy(2));
        assertThat(no.tightest()).isEqualTo(Optional.of(no.limits().get(0)));
        assertThat(left(no)).isZero();
        assertThat(limiter.tryAcquire("ben").isAllowed()).as("somebody else").isTrue();
    }

    @ParameterizedTest
    @EnumSource
    default void takesSeveralAtOnceOrNone(Sort sort) {
        RateLimiter limiter = limiter(sort.of(5));
        assertThat(left(limiter.tryAcquire("ana", 3))).isEqualTo(2);
        assertThat(limiter.tryAcquire("ana", 3).isAllowed()).isFalse();
        assertThat(left(limiter.tryAcquire("ana", 2))).isZero();
        assertThat(left(limiter.tryAcquire(Key.of("ben", "phone"), 5))).isZero();
    }

    @ParameterizedTest
    @EnumSource
    default void aRefusedRequestChangesNothing(Sort sort) {
        RateLimiter limiter = limiter(sort.of(3));
        limiter.tryAcquire("ana", 2);
        StoreKey key = key(limiter, "ana");
        String before = here().dump(key);
        long life = here().pttl(key);
        for (int i = 0; i < 5; i++) {
            assertThat(other(limiter).tryAcquire("ana", 2 + i % 2).isAllowed()).isFalse();
            assertThat(limiter.peek("ana", 2).isAllowed()).isFalse();
        }
        assertThat(here().dump(key)).isEqualTo(before).isNotEmpty();
        assertThat(here().pttl(key)).isLessThanOrEqualTo(life);
    }

    @ParameterizedTest
    @EnumSource
    default void refusesACostThatCanNeverBeHad(Sort sort) {
        RateLimiter limiter = limiter(sort.of(10));
        here().listed.sent();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.tryAcquire("ana", 11))
                .withMessageContaining("cost 11 can never succeed")
                .withMessageContaining("10");
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.peek("ana", 11));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.acquire("ana", 11, HOUR));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.tryAcquire("ana", 0));
        assertThat(here().listed.sent()).isEmpty();
    }

    @Test
    default void instancesShareWhatTheyCount() {
        RateLimiter limiter = limiter(RateLimit.perHour(4));
        RateLimiter other = other(limiter);
        take(limiter, "ana", 2);
        take(other, "ana", 2);
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        assertThat(other.tryAcquire("ana").isAllowed()).isFalse();
    }

    @Test
    default void twoLimitersNeverShareACounter() {
        RateLimiter one = limiter(RateLimit.perHour(1));
        RateLimiter two = limiter(RateLimit.perHour(1));
        RateLimiter long1 = here().limiters
                .limiter(one.name() + ".1h")
                .limits(RateLimit.perHour(1))
                .build();
        take(one, "ana", 1);
        take(two, "ana", 1);
        take(long1, "ana", 1);
        assertThat(one.tryAcquire(Key.of(two.name(), "ana"), 1).isAllowed()).isTrue();
        assertThat(one.tryAcquire(two.name() + ":ana").isAllowed()).isTrue();
    }

    @Test
    default void forgettingTheScriptsGoesUnnoticed() {
        RateLimiter limiter = limiter(RateLimit.perHour(50));
        for (int left = 49; left >= 45; left--) {
            here().everywhere("SCRIPT FLUSH");
            Decision.Allowed decision = allowed(limiter.tryAcquire("ana"));
            assertThat(left(decision)).isEqualTo(left);
            here().everywhere("SCRIPT FLUSH");
            assertThat(limiter.refund(decision)).isTrue();
            here().everywhere("SCRIPT FLUSH");
            take(limiter, "ana", 1);
        }
        here().everywhere("SCRIPT FLUSH");
        limiter.override("ana", SubjectOverride.blocked(), HOUR);
        here().everywhere("SCRIPT FLUSH");
        assertThat(limiter.reset("ana")).isTrue();
    }

    @Test
    default void oneDecisionIsOneRoundTripHoweverManyLimits() {
        RateLimit[] many = IntStream.rangeClosed(1, 8)
                .mapToObj(i -> Sort.values()[i % 3].of(100).named("l" + i))
                .toArray(RateLimit[]::new);
        RateLimiter limiter = limiter(many);
        here().listed.sent();
        assertThat(limiter.tryAcquire("ana", 3).limits()).hasSize(8);
        assertThat(here().listed.sent()).containsExactly("ratelimit.take " + key(limiter, "ana"));
        assertThat(limiter.peek("ana", 3).isAllowed()).isTrue();
        assertThat(here().listed.sent()).containsExactly("ratelimit.peek " + key(limiter, "ana"));
        Decision.Allowed more = allowed(limiter.tryAcquire("ana", 97));
        here().listed.sent();
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        assertThat(here().listed.sent()).hasSize(1);
        limiter.refund(more);
        limiter.reset("ana");
        limiter.override("ana", SubjectOverride.exempt(), HOUR);
        limiter.overrideOf("ana");
        limiter.removeOverride("ana");
        assertThat(here().listed.sent()).hasSize(5);
    }

    // Peeking

    @ParameterizedTest
    @EnumSource
    default void peekingSaysWhatTakingWouldAndTakesNothing(Sort sort) {
        RateLimiter limiter = limiter(sort.of(5));
        assertThat(left(limiter.peek("ana", 2))).isEqualTo(3);
        assertThat(left(limiter.peek("ana", 0))).isEqualTo(5);
        assertThat(here().dump(key(limiter, "ana"))).as("nothing is written").isEmpty();
        Decision.Allowed peeked = allowed(limiter.peek("ana", 5));
        assertThat(left(peeked)).isZero();
        assertThat(peeked.receipt().left()).isZero();
        assertThat(limiter.refund(peeked)).isFalse();
        limiter.tryAcquire("ana", 4);
        String before = here().dump(key(limiter, "ana"));
        assertThat(left(limiter.peek("ana", 1))).isZero();
        Decision.Refused no = refused(limiter.peek("ana", 2));
        assertThat(no.limit()).isEqualTo(sort.of(5).name());
        assertThat(no.retryAfter()).isPositive();
        assertThat(here().dump(key(limiter, "ana"))).isEqualTo(before);
        take(limiter, "ana", 1);
        assertThat(left(limiter, "ana")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    default void peekingAtNothingIsAllowedEvenIfTheLimitBecameLower(Sort sort) {
        RateLimiter limiter = limiter(sort.of(5));
        take(limiter, "ana", 5);
        here().limiters.limiter(limiter.name()).limits(sort.of(2)).replace();
        assertThat(left(limiter, "ana")).isZero();
        assertThat(limiter.peek("ana", 0).isAllowed()).isTrue();
        assertThat(limiter.peek("ana", 1).isAllowed()).isFalse();
    }

    // Waiting

    @Test
    default void waitsExactlyAsLongAsItWasTold() throws InterruptedException {
        RateLimiter limiter = limiter(RateLimit.slidingLog(1, Duration.ofMillis(60)));
        here().listed.sent();
        List<Long> waits = new ArrayList<>();
        here().pause = nanos -> {
            waits.add(nanos);
            Pause.REAL.of(nanos);
        };
        for (int i = 0; i < 4; i++) {
            assertThat(limiter.acquire("ana", 1, LimiterBench.PATIENT).isAllowed())
                    .isTrue();
        }
        assertThat(waits).hasSizeLessThanOrEqualTo(4).allMatch(nanos -> nanos > 0 && nanos <= 200_000_000L);
        assertThat(here().listed.sent().size()).as("one round trip a try").isLessThanOrEqualTo(4 + waits.size());
    }

    @Test
    default void refusesAtOnceWhatWillNotBeThereInTime() throws InterruptedException {
        RateLimiter limiter = limiter(RateLimit.perHour(1));
        here().pause = nanos -> {
            throw new AssertionError("waits " + nanos + " ns in vain");
        };
        assertThat(limiter.acquire("ana", 1, Duration.ZERO).isAllowed()).isTrue();
        assertThat(refused(limiter.acquire("ana", 1, Duration.ofMinutes(1))).retryAfter())
                .isGreaterThan(Duration.ofMinutes(59));
        assertThat(limiter.acquire("ana", 1, Duration.ZERO).isAllowed()).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.acquire("ana", 1, Duration.ofNanos(-1)))
                .withMessageContaining("maxWait");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.acquire("ana", 1, Duration.ofHours(24).plusNanos(1)))
                .withMessageContaining("24 h");
    }

    @Test
    default void takesWhatBecameFreeWhileItWaited() throws InterruptedException {
        RateLimiter limiter = limiter(RateLimit.perHour(2));
        take(limiter, "ana", 2);
        List<Long> waits = new ArrayList<>();
        here().pause = nanos -> {
            waits.add(nanos);
            limiter.reset("ana");
        };
        assertThat(left(limiter.acquire("ana", 2, Duration.ofHours(2)))).isZero();
        assertThat(waits)
                .singleElement()
                .satisfies(nanos -> assertThat(Duration.ofNanos(nanos)).isBetween(Duration.ofMinutes(59), HOUR));
    }

    @Test
    default void anInterruptedWaitTakesNothing() {
        RateLimiter limiter = limiter(RateLimit.perHour(2));
        take(limiter, "ana", 1);
        here().pause = nanos -> {
            throw new InterruptedException("enough");
        };
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> limiter.acquire("ana", 2, Duration.ofHours(2)));
        assertThat(left(limiter, "ana")).isEqualTo(1);
    }

    // Giving back

    @ParameterizedTest
    @EnumSource
    default void givesBackWhatItTook(Sort sort) {
        RateLimiter limiter = limiter(sort.of(5));
        Decision.Allowed decision = allowed(limiter.tryAcquire("ana", 5));
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        assertThat(other(limiter).refund(decision)).isTrue();
        assertThat(decision.receipt().left()).isZero();
        assertThat(left(limiter, "ana")).isEqualTo(5);
        assertThat(limiter.refund(decision)).as("nothing is left to give back").isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.refund(decision, 1))
                .withMessageContaining("0 are left");
        assertThat(left(limiter, "ana")).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource
    default void givesBackAPart(Sort sort) {
        RateLimiter limiter = limiter(sort.of(10));
        take(limiter, "ana", 1);
        Decision.Allowed decision = allowed(limiter.tryAcquire("ana", 6));
        take(limiter, "ana", 1);
        assertThat(limiter.refund(decision, 2)).isTrue();
        assertThat(left(limiter, "ana")).isEqualTo(4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.refund(decision, 5))
                .withMessageContaining("5")
                .withMessageContaining("4");
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.refund(decision, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.refund(decision, -1));
        assertThat(decision.receipt().left()).isEqualTo(4);
        assertThat(limiter.refund(decision)).isTrue();
        assertThat(left(limiter, "ana")).isEqualTo(8);
    }

    @ParameterizedTest
    @EnumSource
    default void givesNothingBackThatNoLongerCounts(Sort sort) {
        RateLimiter limiter = limiter(sort.of(5));
        Decision.Allowed decision = allowed(limiter.tryAcquire("ana", 2));
        limiter.reset("ana");
        assertThat(limiter.refund(decision)).isFalse();
        assertThat(left(limiter, "ana")).isEqualTo(5);
        assertThat(here().dump(key(limiter, "ana"))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    default void givesNothingBackToALimitThatBecameOneOfAnotherKind(Sort before) {
        for (Sort after : Sort.values()) {
            if (after != before) {
                RateLimiter limiter = limiter(before.of(5));
                Decision.Allowed decision = allowed(limiter.tryAcquire("ana", 2));
                here().limiters.limiter(limiter.name()).limits(after.of(5)).replace();
                assertThat(left(limiter.tryAcquire("ana"))).isEqualTo(4);
                assertThat(limiter.refund(decision)).isFalse();
                assertThat(left(limiter, "ana")).isEqualTo(4);
            }
        }
    }

    @Test
    default void givesBackInEveryLimit() {
        RateLimiter limiter = limiter(
                Sort.LOG.of(5).named("log"),
                Sort.COUNTER.of(6).named("counter"),
                Sort.SMOOTH.of(7).named("smooth"),
                Sort.QUOTA.of(8).named("quota"));
        Decision.Allowed decision = allowed(limiter.tryAcquire("ana", 4));
        assertThat(decision.limits()).extracting(LimitStatus::remaining).containsExactly(1L, 2L, 3L, 4L);
        limiter.refund(decision, 1);
        assertThat(limiter.peek("ana", 0).limits())
                .extracting(LimitStatus::remaining)
                .containsExactly(2L, 3L, 4L, 5L);
        limiter.refund(decision);
        assertThat(limiter.peek("ana", 0).limits())
                .extracting(LimitStatus::remaining)
                .containsExactly(5L, 6L, 7L, 8L);
    }

    @Test
    default void doesNotGiveBackWhatAnotherLimiterTook() {
        RateLimiter limiter = limiter(RateLimit.perHour(5));
        RateLimiter another = limiter(RateLimit.perHour(5));
        Decision.Allowed decision = allowed(another.tryAcquire("ana"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> limiter.refund(decision))
                .withMessageContaining(limiter.name())
                .withMessageContaining(another.name());
        assertThat(decision.receipt().left()).isEqualTo(1);
        assertThat(left(another, "ana")).isEqualTo(4);
    }

    // Administration

    @ParameterizedTest
    @EnumSource
    default void resetMakesEveryLimitWhole(Sort sort) {
        RateLimiter limiter = limiter(sort.of(2), Sort.LOG.of(9).named("more"));
        assertThat(limiter.reset("ana")).isFalse();
        take(limiter, "ana", 2);
        limiter.override("ben", SubjectOverride.blocked(), HOUR);
        assertThat(other(limiter).reset("ana")).isTrue();
        assertThat(limiter.peek("ana", 0).limits())
                .extracting(LimitStatus::remaining)
                .containsExactly(2L, 9L);
        assertThat(limiter.reset("ben")).isFalse();
        assertThat(limiter.overrideOf("ben")).as("an override stays").contains(SubjectOverride.blocked());
    }

    @Test
    default void blocksASubjectOnAllInstances() {
        RateLimiter limiter = limiter(RateLimit.perHour(5));
        take(limiter, "ana", 2);
        other(limiter).override("ana", SubjectOverride.blocked(), HOUR);
        Decision.Refused no = refused(limiter.tryAcquire("ana"));
        assertThat(no.limit()).isEqualTo("blocked");
        assertThat(no.limits()).isEmpty();
        assertThat(no.tightest()).isEmpty();
        assertThat(no.retryAfter()).isBetween(Duration.ofMinutes(59), HOUR.plusMillis(1));
        assertThat(refused(limiter.peek("ana", 0)).limit()).isEqualTo("blocked");
        assertThat(limiter.overrideOf("ana")).contains(SubjectOverride.blocked());
        assertThat(limiter.tryAcquire("ben").isAllowed()).isTrue();
        assertThat(limiter.removeOverride("ana")).isTrue();
        assertThat(limiter.removeOverride("ana")).isFalse();
        assertThat(limiter.overrideOf("ana")).isEmpty();
        assertThat(left(limiter, "ana")).as("what was counted goes on counting").isEqualTo(3);
    }

    @Test
    default void exemptsASubjectAndCountsNothing() {
        RateLimiter limiter = limiter(RateLimit.perHour(2), RateLimit.perMinute(1));
        limiter.override("ana", SubjectOverride.exempt(), HOUR);
        for (int i = 0; i < 5; i++) {
            Decision.Allowed decision = allowed(limiter.tryAcquire("ana"));
            assertThat(decision.limits()).isEmpty();
            assertThat(decision.source()).isEqualTo(DecisionSource.REDIS);
            assertThat(decision.receipt().left()).isZero();
            assertThat(limiter.refund(decision)).isFalse();
        }
        assertThat(here().dump(key(limiter, "ana"))).isEmpty();
        assertThat(limiter.overrideOf("ana")).contains(SubjectOverride.exempt());
    }

    @ParameterizedTest
    @EnumSource
    default void otherNumbersHoldForOneSubject(Sort sort) {
        RateLimiter limiter = limiter(sort.of(5));
        take(limiter, "ana", 3);
        SubjectOverride more = SubjectOverride.limits(sort.of(8));
        other(limiter).override("ana", more, HOUR);
        assertThat(limiter.overrideOf("ana")).contains(more);
        Decision.Allowed decision = allowed(limiter.tryAcquire("ana"));
        assertThat(decision.limits())
                .singleElement()
                .satisfies(status -> assertThat(status.limit().permits()).isEqualTo(8));
        if (sort != Sort.SMOOTH) {
            assertThat(left(decision)).as("what was counted goes on counting").isEqualTo(4);
        }
        limiter.reset("ana");
        take(limiter, "ana", 5);
        limiter.override("ana", SubjectOverride.limits(sort.of(2)), HOUR);
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        assertThat(limiter.reset("ana")).isTrue();
        take(limiter, "ana", 2);
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        limiter.removeOverride("ana");
        // Of GCRA two slow permits are as much debt as five quick ones.
        assertThat(limiter.tryAcquire("ana").isAllowed()).isEqualTo(sort != Sort.SMOOTH);
    }

    @Test
    default void refusesForAsLongAsAnOverrideCannotGiveSoMuch() {
        RateLimiter limiter = limiter(RateLimit.perHour(5).named("hourly"));
        limiter.override("ana", SubjectOverride.limits(RateLimit.perHour(2)), Duration.ofMinutes(3));
        Decision.Refused no = refused(limiter.tryAcquire("ana", 3));
        assertThat(no.limit()).isEqualTo("hourly");
        assertThat(no.retryAfter()).isBetween(Duration.ofSeconds(170), Duration.ofMillis(180_001));
        assertThat(limiter.tryAcquire("ana", 2).isAllowed()).isTrue();
    }

    @Test
    default void anOverrideEnds() throws InterruptedException {
        RateLimiter limiter = limiter(RateLimit.perHour(5));
        limiter.override("ana", SubjectOverride.blocked(), Duration.ofMillis(80));
        List<Long> waits = new ArrayList<>();
        here().pause = nanos -> {
            waits.add(nanos);
            Pause.REAL.of(nanos);
        };
        assertThat(limiter.acquire("ana", 1, LimiterBench.PATIENT).isAllowed()).isTrue();
        assertThat(waits.size()).as("the told wait was enough").isLessThanOrEqualTo(1);
        assertThat(limiter.overrideOf("ana")).isEmpty();
    }

    @Test
    default void nobodyIsRefusedForLongerThanAnOverrideThatRefuses() throws InterruptedException {
        RateLimiter limiter = limiter(RateLimit.perHour(5));
        take(limiter, "ana", 2);
        limiter.override("ana", SubjectOverride.limits(RateLimit.perHour(1)), Duration.ofMillis(80));
        assertThat(limiter.acquire("ana", 1, LimiterBench.PATIENT).isAllowed()).isTrue();
    }

    @Test
    default void anOverrideMustSuitItsLimiter() {
        RateLimiter limiter = limiter(RateLimit.perHour(5));
        for (SubjectOverride wrong : List.of(
                SubjectOverride.limits(),
                SubjectOverride.limits(RateLimit.smooth(5, HOUR)),
                SubjectOverride.limits(RateLimit.perHour(5), RateLimit.perMinute(5)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> limiter.override("ana", wrong, HOUR))
                    .withMessageContaining(limiter.name());
        }
        assertThat(limiter.overrideOf("ana")).isEmpty();
    }

    // Several limits

    @Test
    default void takesFromAllLimitsOrFromNone() {
        RateLimiter limiter = limiter(RateLimit.perMinute(5), RateLimit.perHour(3));
        take(limiter, "ana", 3);
        for (int i = 0; i < 4; i++) {
            Decision.Refused no = refused(other(limiter).tryAcquire("ana"));
            assertThat(no.limit()).isEqualTo("1h");
            assertThat(no.tightest().orElseThrow().limit()).isEqualTo(RateLimit.perHour(3));
            assertThat(no.limits()).extracting(LimitStatus::remaining).containsExactly(2L, 0L);
        }
        limiter.override("ana", SubjectOverride.limits(RateLimit.perMinute(5), RateLimit.perHour(9)), HOUR);
        assertThat(limiter.peek("ana", 0).limits())
                .extracting(LimitStatus::remaining)
                .containsExactly(2L, 6L);
        assertThat(limiter.tryAcquire("ana", 2).tightest().orElseThrow().limit())
                .isEqualTo(RateLimit.perMinute(5));
    }

    // Several limiters

    @Test
    default void takesFromSeveralLimitersOrFromNone() {
        RateLimiter users = limiter(RateLimit.perHour(5));
        RateLimiter addresses = limiter(RateLimit.perHour(2));
        RateLimiter global = limiter(RateLimit.smooth(100, HOUR));
        Acquisition[] all = {
            Acquisition.of(users, "ana"),
            new Acquisition(addresses, Key.of("1.2.3.4"), 2),
            new Acquisition(global, Key.of("all"), 3)
        };
        Decisions yes = here().limiters.tryAcquireAll(all);
        assertThat(yes.isAllowed()).isTrue();
        assertThat(yes.refused()).isEmpty();
        assertThat(yes.all())
                .extracting(Decision::limiter)
                .containsExactly(users.name(), addresses.name(), global.name());
        assertThat(yes.tightest().limiter()).isEqualTo(addresses.name());

        Decisions no = there().limiters
                .tryAcquireAll(
                        Acquisition.of(other(users), "ana"),
                        new Acquisition(other(addresses), Key.of("1.2.3.4"), 2),
                        new Acquisition(other(global), Key.of("all"), 3));
        assertThat(no.isAllowed()).isFalse();
        assertThat(no.all()).hasSize(3);
        assertThat(no.refused().orElseThrow().limiter()).isEqualTo(addresses.name());
        assertThat(no.tightest()).isEqualTo(no.refused().orElseThrow());
        assertThat(left(users, "ana")).as("given back").isEqualTo(4);
        assertThat(left(global, "all")).as("given back").isEqualTo(97);
        assertThat(left(addresses, "1.2.3.4")).isZero();
    }

    @Test
    default void asksNobodyWhenOneIsKnownToRefuse() {
        RateLimiter users = limiter(RateLimit.perHour(5));
        RateLimiter addresses = limiter(RateLimit.perHour(1));
        take(addresses, "1.2.3.4", 1);
        assertThat(addresses.tryAcquire("1.2.3.4").source()).isEqualTo(DecisionSource.REDIS);
        here().listed.sent();
        Decisions no =
                here().limiters.tryAcquireAll(Acquisition.of(users, "ana"), Acquisition.of(addresses, "1.2.3.4"));
        assertThat(no.isAllowed()).isFalse();
        assertThat(no.all()).extracting(Decision::limiter).containsExactly(addresses.name());
        assertThat(here().listed.sent()).isEmpty();
        assertThat(left(users, "ana")).isEqualTo(5);
    }

    @Test
    default void severalLimitersNeedToBeSome() {
        here().listed.sent();
        RateLimiter limiter = limiter(RateLimit.perHour(5));
        assertThatIllegalArgumentException().isThrownBy(() -> here().limiters.tryAcquireAll());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> here().limiters
                        .tryAcquireAll(Acquisition.of(limiter, "ana"), new Acquisition(limiter, Key.of("ben"), 6)));
        assertThat(here().listed.sent()).isEmpty();
    }

    // Keys

    @Test
    default void countsUnderReadableKeys() {
        RateLimiter auth = limiter(RateLimit.perHour(5), RateLimit.perMinute(5));
        String ip = fresh();
        auth.tryAcquire(ip);
        auth.tryAcquire(Key.of("ip", ip), 1);
        auth.override(ip, SubjectOverride.exempt(), HOUR);
        String name = "app:ratelimit:" + auth.name();
        assertThat(here().keysWith(ip))
                .containsExactlyInAnyOrder(
                        name + ":" + ip,
                        "{" + name + ":" + ip + "}:1m",
                        "{" + name + ":" + ip + "}:override",
                        name + ":ip:" + ip,
                        "{" + name + ":ip:" + ip + "}:1m");
    }

    @Test
    default void oneLimiterMayLeaveItsNameOutOfItsKeys() {
        try (RateLimiters own = RateLimiters.on(here().workshop.kernel())) {
            RateLimiter api = own.limiter("api")
                    .limits(RateLimit.perHour(5), RateLimit.perMinute(3))
                    .bareKeys()
                    .build();
            String ip = fresh();
            take(api, ip, 1);
            assertThat(here().keysWith(ip))
                    .containsExactlyInAnyOrder("app:ratelimit:" + ip, "{app:ratelimit:" + ip + "}:1m");
            here().listed.sent();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> api.tryAcquire(Key.of("auth", ip), 1))
                    .withMessageContaining("auth:" + ip);
            assertThatIllegalArgumentException().isThrownBy(() -> api.reset(Key.of("auth", ip)));
            assertThat(here().listed.sent()).isEmpty();
            take(api, "auth:" + ip, 1);
            assertThat(here().keysWith("auth%3A" + ip)).contains("app:ratelimit:auth%3A" + ip);
            assertThatIllegalStateException()
                    .isThrownBy(() -> own.limiter("other")
                            .limits(RateLimit.perHour(1))
                            .bareKeys()
                            .build())
                    .withMessageContaining("'api'")
                    .withMessageContaining("'other'");
        }
    }

    @Test
    default void keepsUserInputInsideItsKey() {
        RateLimiter limiter = limiter(RateLimit.perHour(1), RateLimit.perMinute(1));
        for (String subject : List.of("a:b", "{x}", "*", "100%", "été 🙂", "line\nbreak", "::1", "x}:1m", "[?]\\")) {
            take(limiter, subject, 1);
            assertThat(limiter.tryAcquire(subject).isAllowed()).isFalse();
            assertThat(limiter.reset(subject)).isTrue();
        }
        take(limiter, "a:b", 1);
        assertThat(limiter.tryAcquire(Key.of("a", "b"), 1).isAllowed()).isTrue();
    }

    @Test
    default void everyKeyExpires() {
        RateLimiter limiter = limiter(
                Sort.LOG.of(9).named("log"),
                Sort.COUNTER.of(9).named("counter"),
                Sort.SMOOTH.of(9).named("smooth"),
                RateLimit.quota(9, CalendarPeriod.DAY, ZoneOffset.UTC).named("quota"));
        take(limiter, "ana", 2);
        limiter.refund(allowed(limiter.tryAcquire("ana", 3)), 2);
        limiter.override("ana", SubjectOverride.limits(limiter.limits().toArray(RateLimit[]::new)), HOUR);
        take(limiter, "ana", 1);
        List<String> keys = here().keysWith(limiter.name());
        assertThat(keys).hasSize(5);
        long hour = HOUR.toMillis();
        StoreKey first = key(limiter, "ana");
        assertThat(here().pttl(first)).isBetween(hour - 10_000, hour + 1);
        assertThat(here().pttl(here().keys.rateLimitFurther(first, "counter"))).isBetween(hour - 10_000, 2 * hour + 1);
        assertThat(here().pttl(here().keys.rateLimitFurther(first, "smooth"))).isBetween(1L, hour + 1);
        assertThat(here().pttl(here().keys.rateLimitFurther(first, "quota"))).isBetween(1L, 24 * hour + 1);
        assertThat(here().pttl(here().keys.rateLimitOverride(first))).isBetween(hour - 10_000, hour);
    }

    @Test
    default void forgetsWhoStaysQuiet() {
        RateLimiter limiter = limiter(RateLimit.slidingLog(5, Duration.ofMillis(30)));
        take(limiter, "ana", 1);
        await().until(() -> here().dump(key(limiter, "ana")).isEmpty());
        assertThat(left(limiter, "ana")).isEqualTo(5);
    }

    // Declaring and changing

    @Test
    default void isTheSameLimiterWhenDeclaredTwice() {
        RateLimiter limiter = limiter(RateLimit.perHour(5));
        assertThat(here().limiters
                        .limiter(limiter.name())
                        .limits(RateLimit.perHour(5))
                        .build())
                .isSameAs(limiter);
        assertThat(here().limiters.find(limiter.name())).containsSame(limiter);
        assertThat(here().limiters.find(fresh())).isEmpty();
        assertThatIllegalStateException()
                .isThrownBy(() -> here().limiters
                        .limiter(limiter.name())
                        .limits(RateLimit.perHour(6))
                        .build())
                .withMessageContaining(limiter.name())
                .withMessageContaining("replace()");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SMOOTH")
    default void aChangedLimitGoesOnCounting(Sort sort) {
        RateLimiter limiter = limiter(sort.of(5), Sort.LOG.of(50).named("more"));
        RateLimiter other = other(limiter);
        take(limiter, "ana", 4);
        RateLimiterBuilder higher = here().limiters
                .limiter(limiter.name())
                .limits(sort.of(9), Sort.LOG.of(60).named("more"));
        assertThat(higher.replace()).isSameAs(limiter);
        assertThat(limiter.limits().get(0)).isEqualTo(sort.of(9));
        assertThat(limiter.peek("ana", 0).limits())
                .extracting(LimitStatus::remaining)
                .containsExactly(5L, 56L);
        take(limiter, "ana", 2);
        assertThat(other.tryAcquire("ana").isAllowed()).as("nobody told it yet").isFalse();
        here().limiters.limiter(limiter.name()).limits(sort.of(3)).replace();
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        assertThat(left(limiter, "ana")).isZero();
        here().limiters.limiter(limiter.name()).limits(sort.of(7)).replace();
        take(limiter, "ana", 1);
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
    }

    @Test
    default void aSmoothLimitGoesOnCountingInTime() {
        RateLimiter limiter = limiter(RateLimit.smooth(60, HOUR, 10));
        limiter.tryAcquire("ana", 8);
        // Eight minutes of debt: half as many permits of two minutes each.
        here().limiters
                .limiter(limiter.name())
                .limits(RateLimit.smooth(30, HOUR, 10))
                .replace();
        assertThat(left(limiter, "ana")).isBetween(6L, 6L);
    }

    @Test
    default void aChangeThatIsWrongLeavesTheLimiterAsItWas() {
        RateLimiter limiter = limiter(RateLimit.perHour(5));
        RateLimiterBuilder wrong = here().limiters.limiter(limiter.name()).limits();
        assertThatIllegalArgumentException().isThrownBy(wrong::replace);
        assertThat(limiter.limits()).containsExactly(RateLimit.perHour(5));
    }

    @Test
    default void aHigherLimitHoldsAtOnceForWhoWasRefused() {
        RateLimiter limiter = limiter(RateLimit.perHour(1));
        take(limiter, "ana", 1);
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.DENY_CACHE);
        here().limiters.limiter(limiter.name()).limits(RateLimit.perHour(2)).replace();
        assertThat(limiter.tryAcquire("ana").isAllowed()).isTrue();
    }

    @Test
    default void aRefusalByLimitsThatWereReplacedMeanwhileIsNotKept() {
        RedisRateLimiter limiter = (RedisRateLimiter) limiter(RateLimit.perHour(1));
        take(limiter, "ana", 1);
        Attempt late = limiter.attempt(Key.of("ana"), 1);
        here().limiters.limiter(limiter.name()).limits(RateLimit.perHour(2)).replace();
        assertThat(late.send().answer().isAllowed())
                .as("decided by what held when it began")
                .isFalse();
        assertThat(limiter.tryAcquire("ana").isAllowed()).isTrue();
    }

    // Shadow

    @ParameterizedTest
    @EnumSource
    default void aShadowCountsAndRefusesNobody(Sort sort) {
        RateLimiter limiter =
                here().limiters.limiter(fresh()).limits(sort.of(2)).shadow().build();
        for (int left = 1; left >= 0; left--) {
            Decision.Allowed decision = allowed(limiter.tryAcquire("ana"));
            assertThat(decision.wouldRefuse()).isEmpty();
            assertThat(decision.receipt().left()).isEqualTo(1);
        }
        String before = here().dump(key(limiter, "ana"));
        here().listed.sent();
        for (int i = 0; i < 3; i++) {
            Decision.Allowed decision = allowed(limiter.tryAcquire("ana"));
            assertThat(decision.limits()).isEmpty();
            assertThat(decision.receipt().left()).isZero();
            assertThat(limiter.refund(decision)).isFalse();
            assertThat(decision.wouldRefuse()).hasValueSatisfying(no -> {
                assertThat(no.limit()).isEqualTo(sort.of(2).name());
                assertThat(no.retryAfter()).isPositive();
                assertThat(no.source()).isEqualTo(DecisionSource.REDIS);
            });
        }
        assertThat(here().listed.sent()).as("it is asked each time").hasSize(3);
        assertThat(allowed(limiter.peek("ana", 1)).wouldRefuse()).isPresent();
        assertThat(here().dump(key(limiter, "ana"))).isEqualTo(before);
        assertThat(results(limiter))
                .containsExactly(
                        RateLimitResult.ALLOWED,
                        RateLimitResult.ALLOWED,
                        RateLimitResult.SHADOW_REFUSED,
                        RateLimitResult.SHADOW_REFUSED,
                        RateLimitResult.SHADOW_REFUSED);
    }

    // Calendar

    @Test
    default void aCalendarAsksOnceMoreWhenItBelievesInAnotherPeriod() {
        RateLimiter limiter = limiter(RateLimit.quota(5, CalendarPeriod.YEAR, ZoneOffset.UTC));
        here().workshop.time().heard(0);
        here().listed.sent();
        assertThat(left(limiter.tryAcquire("ana"))).isEqualTo(4);
        assertThat(here().listed.sent()).hasSize(2);
        Decision second = limiter.tryAcquire("ana");
        assertThat(left(second)).isEqualTo(3);
        assertThat(here().listed.sent()).as("now it knows").hasSize(1);
        Instant reset = second.tightest().orElseThrow().reset();
        assertThat(reset.toString()).endsWith("-01-01T00:00:00Z");
        assertThat(reset).isAfter(Instant.now());
        // A year ahead, as after the server's clock was set back.
        here().workshop
                .time()
                .heard(System.currentTimeMillis() * 1000 + Duration.ofDays(366).toNanos() / 1000);
        assertThat(left(limiter.peek("ana", 0))).isEqualTo(3);
        assertThat(here().listed.sent()).hasSize(2);
        limiter.refund(allowed(second));
        assertThat(left(limiter, "ana")).isEqualTo(4);
    }

    // What is told

    private List<RateLimitResult> results(RateLimiter limiter) {
        return here().observed.stream()
                .filter(seen -> seen.limiter().equals(limiter.name()))
                .map(seen -> seen.result())
                .toList();
    }

    @Test
    default void tellsTheObserverOfEveryDecisionAndOfNoPeek() {
        RateLimiter limiter = limiter(RateLimit.perHour(1));
        limiter.peek("ana", 1);
        limiter.tryAcquire("ana");
        limiter.tryAcquire("ana");
        limiter.tryAcquire("ana");
        here().limiters.tryAcquireAll(Acquisition.of(limiter, "ben"));
        assertThat(results(limiter))
                .containsExactly(
                        RateLimitResult.ALLOWED,
                        RateLimitResult.REFUSED,
                        RateLimitResult.REFUSED,
                        RateLimitResult.ALLOWED);
        assertThat(here().observed.stream().filter(seen -> seen.limiter().equals(limiter.name())))
                .allMatch(seen -> !seen.took().isNegative())
                .extracting(seen -> seen.source())
                .containsExactly(
                        RateLimitSource.REDIS,
                        RateLimitSource.REDIS,
                        RateLimitSource.DENY_CACHE,
                        RateLimitSource.REDIS);
    }

    @Test
    default void warnsOfARefusalButNotOfTheFloodThatFollows() throws InterruptedException {
        try (HeardLog log = HeardLog.of("io.lumbung.ratelimit")) {
            RateLimiter limiter = limiter(RateLimit.perHour(1));
            take(limiter, "ana", 1);
            take(limiter, "ben", 1);
            for (int i = 0; i < 20; i++) {
                limiter.tryAcquire("ana");
                limiter.acquire("ana", 1, Duration.ZERO);
                here().limiters.tryAcquireAll(Acquisition.of(limiter, "ben"));
            }
            assertThat(log.said(Level.WARN))
                    .hasSize(2)
                    .allSatisfy(line ->
                            assertThat(line).startsWith("rate limit exceeded: ").contains(limiter.name(), "1h"));
        }
    }

    @Test
    default void saysWhoItIs() {
        RateLimiter limiter = limiter(RateLimit.perHour(3));
        assertThat(limiter.name()).startsWith("t");
        assertThat(limiter.limits()).containsExactly(RateLimit.perHour(3));
        assertThat(limiter.toString()).contains(limiter.name(), "ALLOW");
    }

    // Many at once

    @Test
    default void manyThreadsTakeExactlyTheLimit() throws InterruptedException {
        RateLimiter limiter = limiter(RateLimit.perHour(200));
        RateLimiter other = other(limiter);
        AtomicBoolean broken = new AtomicBoolean();
        AtomicLong taken = new AtomicLong();
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(i -> new Thread(() -> {
                    for (int k = 0; k < 50; k++) {
                        Decision decision = (i % 2 == 0 ? limiter : other).tryAcquire("ana");
                        if (decision.isAllowed()) {
                            taken.incrementAndGet();
                        }
                        if (decision.source() != DecisionSource.REDIS
                                && decision.source() != DecisionSource.DENY_CACHE) {
                            broken.set(true);
                        }
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread each : threads) {
            each.join();
        }
        assertThat(broken).isFalse();
        assertThat(taken).hasValue(200);
    }
}
