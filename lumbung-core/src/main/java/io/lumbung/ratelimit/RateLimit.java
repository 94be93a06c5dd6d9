package io.lumbung.ratelimit;

import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Objects;

/**
 * How much of something one subject may have. {@link #slidingLog} is exact and the right choice until its memory
 * matters; the others bound what they admit in one window less tightly, and say how. Immutable.
 *
 * <p>Limits may change at any time without losing what was counted: the numbers travel with each call.
 */
public sealed interface RateLimit {
    /** The shortest window. */
    Duration SHORTEST = Duration.ofMillis(10);
    /** The longest window. */
    Duration LONGEST = Duration.ofDays(366);
    /** The most permits of a sliding log, which keeps every one of them. */
    int MOST_LOGGED = 10_000;

    /** What it is called beside other limits of one limiter: letters, digits, {@code _ . -}. */
    String name();

    /** How many permits there are per window or period. */
    long permits();

    /** The most that can be taken at once. */
    default long capacity() {
        return permits();
    }

    /** The time that {@link #permits()} are for; of a calendar quota its longest. */
    Duration window();

    /** The same limit under another name. */
    RateLimit named(String name);

    /** At most {@code permits} in any second. */
    static RateLimit perSecond(long permits) {
        return slidingLog(permits, Duration.ofSeconds(1));
    }

    /** At most {@code permits} in any minute. */
    static RateLimit perMinute(long permits) {
        return slidingLog(permits, Duration.ofMinutes(1));
    }

    /** At most {@code permits} in any hour. */
    static RateLimit perHour(long permits) {
        return slidingLog(permits, Duration.ofHours(1));
    }

    /**
     * At most {@code permits} in <em>any</em> span of {@code window}: the moment of each permit is kept until it is out of
     * the window. Exact; about 11 bytes a permit; O(permits) memory, O(log permits) time.
     *
     * @param permits 1 to 10 000
     * @param window 10 ms to 366 days
     */
    static RateLimit slidingLog(long permits, Duration window) {
        return new SlidingLog(LimitChecks.nameOf(window), permits, window);
    }

    /**
     * An estimate from two counters, this window's and a share of the last one's: fewer than twice {@code permits} in
     * any span of {@code window}, at most {@code permits} where requests come evenly. O(1) memory and time.
     *
     * @param permits at least 1; permits times window in µs must be below 2^53
     * @param window 10 ms to 366 days
     */
    static RateLimit slidingCounter(long permits, Duration window) {
        return new SlidingCounter(LimitChecks.nameOf(window), permits, window);
    }

    /**
     * Permits that come back evenly, one each {@code period / permits}, with room for {@code burst} at once (GCRA, the
     * leaky bucket of ATM networks as a meter): at most {@code burst + permits} in any span of {@code period}, at most
     * {@code burst} at once. O(1) memory and time, the smallest.
     *
     * @param permits at least 1; {@code period / permits} is rounded up to whole µs, by 1 % at most
     * @param period 10 ms to 366 days
     * @param burst at least 1
     */
    static RateLimit smooth(long permits, Duration period, long burst) {
        return new Smooth(LimitChecks.nameOf(period), permits, period, burst);
    }

    /** As {@link #smooth(long, Duration, long)} with a burst of {@code permits}. */
    static RateLimit smooth(long permits, Duration period) {
        return smooth(permits, period, permits);
    }

    /**
     * A quota of the calendar: {@code permits} per day, month … of a time zone, whole again when the next one begins. Up
     * to twice {@code permits} in a span that crosses that moment. O(1) memory and time.
     *
     * @param permits 1 to 2^53 - 1
     */
    static RateLimit quota(long permits, CalendarPeriod period, ZoneId zone) {
        return new CalendarQuota(period.name().toLowerCase(Locale.ROOT), permits, period, zone);
    }

    /** See {@link RateLimit#slidingLog}. */
    record SlidingLog(String name, long permits, Duration window) implements RateLimit {
        public SlidingLog {
            LimitChecks.name(name);
            LimitChecks.window(window);
            LimitChecks.permits(permits);
            if (permits > MOST_LOGGED) {
                throw new IllegalArgumentException("permits of a sliding log must be at most " + MOST_LOGGED + ", was "
                        + permits + "; use slidingCounter or smooth, which keep no log");
            }
        }

        @Override
        public RateLimit named(String other) {
            return new SlidingLog(other, permits, window);
        }
    }

    /** See {@link RateLimit#slidingCounter}. */
    record SlidingCounter(String name, long permits, Duration window) implements RateLimit {
        public SlidingCounter {
            LimitChecks.name(name);
            long micros = LimitChecks.window(window);
            LimitChecks.permits(permits);
            // The sum of the counters is compared with this product, and one more must still count.
            long most = (LimitChecks.LARGEST - 1) / micros;
            if (permits > most) {
                throw new IllegalArgumentException("permits of a sliding counter over " + window + " must be at most "
                        + most + ", was " + permits
                        + "; use a shorter window, smooth or quota");
            }
        }

        @Override
        public RateLimit named(String other) {
            return new SlidingCounter(other, permits, window);
        }
    }

    /** See {@link RateLimit#smooth(long, Duration, long)}. */
    record Smooth(String name, long permits, Duration window, long burst) implements RateLimit {
        public Smooth {
            LimitChecks.name(name);
            long micros = LimitChecks.window(window);
            LimitChecks.permits(permits);
            if (burst < 1) {
                throw new IllegalArgumentException("burst must be at least 1, was " + burst);
            }
            long every = (micros - 1) / permits + 1;
            if (permits > micros || (every * (double) permits - micros) / micros > 0.01) {
                throw new IllegalArgumentException("permits of smooth per " + window + " come one each " + every
                        + " µs, in whole µs, which is more than 1 % off for " + permits
                        + "; use slidingCounter, or permits that divide the period better");
            }
            if (burst > LimitChecks.LARGEST / every / 4) {
                throw new IllegalArgumentException("burst must be at most " + LimitChecks.LARGEST / every / 4
                        + " at one permit each " + every + " µs, was " + burst);
            }
        }

        @Override
        public long capacity() {
            return burst;
        }

        @Override
        public RateLimit named(String other) {
            return new Smooth(other, permits, window, burst);
        }

        /** The time of one permit, in µs. */
        long everyMicros() {
            return (LimitChecks.micros(window) - 1) / permits + 1;
        }
    }

    /** See {@link RateLimit#quota}. */
    record CalendarQuota(String name, long permits, CalendarPeriod period, ZoneId zone) implements RateLimit {
        public CalendarQuota {
            LimitChecks.name(name);
            LimitChecks.permits(permits);
            Objects.requireNonNull(period, "period");
            Objects.requireNonNull(zone, "zone");
        }

        @Override
        public Duration window() {
            return period.longest();
        }

        @Override
        public RateLimit named(String other) {
            return new CalendarQuota(other, permits, period, zone);
        }
    }
}
