package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lumbung.Seed;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one process allows by itself, on a clock of the test's own. */
class LocalShareTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final StoreKey ANA = new KeySpace("app").rateLimit("api", Key.of("ana"));
    private static final StoreKey BEN = new KeySpace("app").rateLimit("api", Key.of("ben"));

    private final AtomicLong nanos = new AtomicLong();

    private LocalShare share(RateLimit... limits) {
        return new LocalShare(List.of(limits), nanos::get);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static long taken(LocalShare share, StoreKey subject, long instances) {
        long taken = 0;
        while (share.take(subject, 1, instances, true).isEmpty()) {
            taken++;
        }
        return taken;
    }

    @Test
    void allowsItsPartOfTheLimitAndAtLeastOne() {
        assertThat(taken(share(RateLimit.perMinute(10)), ANA, 1)).isEqualTo(10);
        assertThat(taken(share(RateLimit.perMinute(10)), ANA, 3)).isEqualTo(3);
        assertThat(taken(share(RateLimit.perMinute(10)), ANA, 10)).isEqualTo(1);
        assertThat(taken(share(RateLimit.perMinute(10)), ANA, 99)).isEqualTo(1);
        assertThat(taken(share(RateLimit.perMinute(10)), ANA, 0)).isEqualTo(10);
        assertThat(taken(share(RateLimit.smooth(10, MINUTE, 6)), ANA, 3)).isEqualTo(2);
        assertThat(taken(share(RateLimit.slidingCounter(10, MINUTE)), ANA, 2)).isEqualTo(5);
        assertThat(taken(share(RateLimit.quota(10, CalendarPeriod.DAY, ZoneOffset.UTC)), ANA, 2))
                .isEqualTo(5);
        assertThat(taken(share(RateLimit.perMinute(10), RateLimit.perHour(8)), ANA, 2))
                .isEqualTo(4);
    }

    @Test
    void countsSubjectsApart() {
        LocalShare share = share(RateLimit.perMinute(4));
        assertThat(taken(share, ANA, 2)).isEqualTo(2);
        assertThat(taken(share, BEN, 2)).isEqualTo(2);
    }

    @Test
    void tellsExactlyHowLongALogIsFull() {
        LocalShare share = share(RateLimit.perMinute(4));
        share.take(ANA, 1, 2, true);
        pass(Duration.ofSeconds(10));
        share.take(ANA, 1, 2, true);
        pass(Duration.ofSeconds(20));
        assertThat(share.take(ANA, 1, 2, true)).contains(Duration.ofSeconds(30));
        assertThat(share.take(ANA, 2, 2, true)).contains(Duration.ofSeconds(40));
        pass(Duration.ofSeconds(30).minusNanos(1));
        assertThat(share.take(ANA, 1, 2, true)).contains(Duration.ofNanos(1));
        pass(Duration.ofNanos(1));
        assertThat(share.take(ANA, 1, 2, true)).isEmpty();
    }

    @Test
    void meteredPermitsComeBackEvenly() {
        LocalShare share = share(RateLimit.smooth(60, MINUTE, 10));
        assertThat(taken(share, ANA, 2)).isEqualTo(5);
        assertThat(share.take(ANA, 1, 2, true)).contains(Duration.ofSeconds(2));
        pass(Duration.ofSeconds(2));
        assertThat(taken(share, ANA, 2)).isEqualTo(1);
        pass(MINUTE);
        assertThat(taken(share, ANA, 2)).isEqualTo(5);
    }

    @Test
    void aCostAboveTheShareTakesAllOfIt() {
        LocalShare share = share(RateLimit.perMinute(9));
        assertThat(share.take(ANA, 7, 3, true)).isEmpty();
        assertThat(share.take(ANA, 1, 3, true)).contains(MINUTE);
        pass(MINUTE);
        assertThat(share.take(ANA, 1, 3, true)).isEmpty();
        assertThat(share.take(ANA, 7, 3, true)).contains(MINUTE);
    }

    @Test
    void whoIsRefusedByOneLimitTakesFromNone() {
        LocalShare share = share(RateLimit.perMinute(2), RateLimit.perHour(4));
        assertThat(taken(share, ANA, 1)).isEqualTo(2);
        pass(MINUTE);
        assertThat(taken(share, ANA, 1)).isEqualTo(2);
        pass(MINUTE);
        assertThat(share.take(ANA, 1, 1, true)).contains(Duration.ofMinutes(58));
        pass(Duration.ofMinutes(58));
        assertThat(taken(share, ANA, 1)).isEqualTo(2);
    }

    @Test
    void peekingTakesNothingAndNothingIsAlwaysAllowed() {
        LocalShare share = share(RateLimit.perMinute(2));
        for (int i = 0; i < 5; i++) {
            assertThat(share.take(ANA, 2, 1, false)).isEmpty();
        }
        assertThat(taken(share, ANA, 1)).isEqualTo(2);
        assertThat(share.take(ANA, 0, 2, false)).isEmpty();
        assertThat(share.take(ANA, 1, 1, false)).contains(MINUTE);
    }

    @Test
    void remembersASubjectForAsLongAsItMatters() {
        LocalShare daily = share(RateLimit.slidingLog(2, Duration.ofDays(1)));
        assertThat(taken(daily, ANA, 1)).isEqualTo(2);
        pass(Duration.ofHours(23));
        assertThat(taken(daily, ANA, 1)).isZero();
        // A burst of an hour of permits that come one a second.
        LocalShare burst = share(RateLimit.smooth(1, Duration.ofSeconds(1), 3_600));
        assertThat(burst.take(BEN, 3_600, 1, true)).isEmpty();
        pass(MINUTE);
        assertThat(taken(burst, BEN, 1)).isEqualTo(60);
    }

    @Test
    void remembersAHundredThousandSubjectsAtMost() {
        LocalShare share = share(RateLimit.perMinute(1));
        List<StoreKey> flood = new ArrayList<>();
        for (int i = 0; i < 250_000; i++) {
            flood.add(new KeySpace("app").rateLimit("api", Key.of("s" + i)));
        }
        flood.forEach(subject -> share.take(subject, 1, 1, true));
        long remembered = flood.stream()
                .filter(subject -> share.take(subject, 1, 1, false).isPresent())
                .count();
        assertThat(remembered).isBetween(1L, 100_000L);
    }

    // Against a model

    /** What is checked: the share itself, or something that is not quite it. */
    @FunctionalInterface
    private interface Taking {
        Optional<Duration> take(long cost, long instances, boolean taking);
    }

    @Test
    void decidesAsTheModelDoes() {
        Random random = Seed.random("local share");
        for (int round = 0; round < 5_000; round++) {
            List<RateLimit> limits = someLimits(random);
            LocalShare share = new LocalShare(limits, nanos::get);
            check(limits, (cost, instances, taking) -> share.take(ANA, cost, instances, taking), random);
        }
    }

    /** Shares that are wrong in one thing. */
    private enum Wrong {
        FORGETS_ONE_IN_TEN,
        TAKES_WHAT_IT_REFUSES,
        PEEKS_BY_TAKING,
        IGNORES_ANOTHER_INSTANCE,
        TELLS_A_NANOSECOND_LESS,
        TELLS_A_NANOSECOND_MORE,
        LOOKS_AT_ONE_LIMIT
    }

    @ParameterizedTest
    @EnumSource
    void theModelCatches(Wrong wrong) {
        Random random = Seed.random("local share that " + wrong);
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> {
            for (int round = 0; round < 300; round++) {
                List<RateLimit> limits = someLimits(random);
                check(limits, wrong(wrong, limits, random), random);
            }
        });
    }

    private Taking wrong(Wrong wrong, List<RateLimit> limits, Random random) {
        LocalShare share =
                new LocalShare(wrong == Wrong.LOOKS_AT_ONE_LIMIT ? limits.subList(0, 1) : limits, nanos::get);
        return (cost, instances, taking) -> {
            boolean really = switch (wrong) {
                case FORGETS_ONE_IN_TEN -> taking && random.nextInt(10) != 0;
                case PEEKS_BY_TAKING -> true;
                default -> taking;
            };
            long among = wrong == Wrong.IGNORES_ANOTHER_INSTANCE ? Math.max(1, instances - 1) : instances;
            Optional<Duration> wait = share.take(ANA, cost, among, really);
            if (wrong == Wrong.TAKES_WHAT_IT_REFUSES && taking && wait.isPresent()) {
                share.take(ANA, 1, among, true);
            }
            return switch (wrong) {
                case TELLS_A_NANOSECOND_LESS -> wait.map(time -> time.minusNanos(1));
                case TELLS_A_NANOSECOND_MORE -> wait.map(time -> time.plusNanos(1));
                default -> wait;
            };
        };
    }

    private static List<RateLimit> someLimits(Random random) {
        List<RateLimit> limits = new ArrayList<>();
        int many = 1 + random.nextInt(3);
        for (int i = 0; i < many; i++) {
            Duration window = Duration.ofMillis(10 + random.nextInt(5_000));
            long permits = 1 + random.nextInt(12);
            limits.add(
                    switch (random.nextInt(3)) {
                        case 0 -> RateLimit.slidingLog(permits, window).named("l" + i);
                        case 1 -> RateLimit.slidingCounter(permits, window).named("l" + i);
                        default ->
                            RateLimit.smooth(permits, window, 1 + random.nextInt(12))
                                    .named("l" + i);
                    });
        }
        return limits;
    }

    /** What was taken, and what may be taken, in as few words as possible. */
    private static final class Model {
        private record Grant(long at, long cost) {}

        private final List<RateLimit> limits;
        private final List<List<Grant>> grants = new ArrayList<>();
        private final long[] free;

        Model(List<RateLimit> limits) {
            this.limits = limits;
            this.free = new long[limits.size()];
            limits.forEach(limit -> grants.add(new ArrayList<>()));
        }

        boolean allows(long cost, long instances, long now) {
            for (int i = 0; i < limits.size(); i++) {
                RateLimit limit = limits.get(i);
                long share = Math.max(1, limit.capacity() / instances);
                long asked = Math.min(cost, share);
                long window = limit.window().toNanos();
                if (limit instanceof RateLimit.SlidingLog) {
                    long used = grants.get(i).stream()
                            .filter(grant -> grant.at() > now - window)
                            .mapToLong(Grant::cost)
                            .sum();
                    if (used + asked > share) {
                        return false;
                    }
                } else {
                    long each = window / Math.max(1, limit.permits() / instances);
                    if (Math.max(free[i], now) + asked * each > now + share * each) {
                        return false;
                    }
                }
            }
            return true;
        }

        void take(long cost, long instances, long now) {
            for (int i = 0; i < limits.size(); i++) {
                RateLimit limit = limits.get(i);
                long asked = Math.min(cost, Math.max(1, limit.capacity() / instances));
                grants.get(i).add(new Grant(now, asked));
                free[i] = Math.max(free[i], now)
                        + asked * (limit.window().toNanos() / Math.max(1, limit.permits() / instances));
            }
        }
    }

    private void check(List<RateLimit> limits, Taking taking, Random random) {
        Model model = new Model(limits);
        long instances = 1 + random.nextInt(3);
        for (int step = 0; step < 200; step++) {
            if (random.nextInt(50) == 0) {
                instances = 1 + random.nextInt(3);
            }
            long cost = 1 + random.nextInt(3);
            boolean peeking = random.nextInt(4) == 0;
            long now = nanos.get();
            Optional<Duration> wait = taking.take(cost, instances, !peeking);
            assertThat(wait.isEmpty()).as("step %d, %s", step, limits).isEqualTo(model.allows(cost, instances, now));
            if (wait.isPresent()) {
                long then = now + wait.get().toNanos();
                assertThat(model.allows(cost, instances, then))
                        .as("after the told wait")
                        .isTrue();
                assertThat(model.allows(cost, instances, then - 1))
                        .as("a nanosecond earlier")
                        .isFalse();
            } else if (!peeking) {
                model.take(cost, instances, now);
            }
            nanos.addAndGet(
                    switch (random.nextInt(4)) {
                        case 0 -> 1;
                        case 1 -> wait.map(Duration::toNanos).orElse(0L);
                        case 2 -> random.nextInt(1_000_000_000);
                        default -> random.nextInt(50_000_000);
                    });
        }
    }
}
