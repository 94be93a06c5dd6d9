package io.lumbung.lock;

import java.time.Duration;

/**
 * What holds for locks of whom the caller says no more.
 *
 * @param ttl how long a lease lasts: 100 ms to 24 h
 * @param maxWait how long to wait for a lock that is held: 0 to 24 h
 * @param deadline how long one call to Redis may take: above 0, up to 10 min
 */
public record LockDefaults(Duration ttl, Duration maxWait, Duration deadline) {
    private static final Duration LONGEST_DEADLINE = Duration.ofMinutes(10);

    public LockDefaults {
        LockChecks.ttl(ttl);
        LockChecks.maxWait(maxWait);
        if (deadline.isZero() || deadline.isNegative() || deadline.compareTo(LONGEST_DEADLINE) > 0) {
            throw new IllegalArgumentException("the deadline must be above 0 and up to 10 min, was " + deadline);
        }
    }

    /** A lease of 10 s, a wait of 5 s, calls of at most 500 ms. */
    public static LockDefaults standard() {
        return new LockDefaults(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMillis(500));
    }

    /** The same with another lease. */
    public LockDefaults withTtl(Duration other) {
        return new LockDefaults(other, maxWait, deadline);
    }

    /** The same with another wait. */
    public LockDefaults withMaxWait(Duration other) {
        return new LockDefaults(ttl, other, deadline);
    }

    /** The same with another deadline. */
    public LockDefaults withDeadline(Duration other) {
        return new LockDefaults(ttl, maxWait, other);
    }
}
