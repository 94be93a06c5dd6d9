package io.lumbung.cache;

import java.time.Duration;
import java.util.Objects;

/**
 * What holds for every cache that does not say otherwise.
 *
 * @param ttl how long an entry lives; 1 ms to 24 h
 * @param jitter by which part of it, at most, a stored entry may live shorter; 0 to less than 1
 * @param deadline the time one operation may spend on Redis; more than 0
 * @param waitAtMost how long a reader waits for another one's load before it loads by itself; more than 0
 * @param maxValueBytes the largest value, encoded; 1 to 1 MiB
 * @param longestDeadline what no cache's deadline may exceed: the read timeout
 */
public record CacheDefaults(
        Duration ttl,
        double jitter,
        Duration deadline,
        Duration waitAtMost,
        int maxValueBytes,
        Duration longestDeadline) {
    /** The largest value any cache stores: 1 MiB. */
    public static final int LARGEST_VALUE = 1 << 20;

    public CacheDefaults {
        Ttl.checked("ttl", ttl);
        if (!(jitter >= 0 && jitter < 1)) {
            throw new IllegalArgumentException("jitter must be 0 to less than 1, was " + jitter);
        }
        requirePositive("deadline", deadline);
        requirePositive("waitAtMost", waitAtMost);
        requirePositive("longestDeadline", longestDeadline);
        if (deadline.compareTo(longestDeadline) > 0) {
            throw new IllegalArgumentException("deadline must be at most the read timeout, " + longestDeadline
                    + ", was " + deadline + "; raise lumbung.redis.read-timeout first");
        }
        if (maxValueBytes < 1 || maxValueBytes > LARGEST_VALUE) {
            throw new IllegalArgumentException(
                    "maxValueBytes must be 1 to " + LARGEST_VALUE + ", was " + maxValueBytes);
        }
    }

    /** 5 minutes, up to a tenth shorter; 250 ms for Redis, 5 s of patience, 1 MiB. */
    public static CacheDefaults standard() {
        return new CacheDefaults(
                Duration.ofMinutes(5),
                0.1,
                Duration.ofMillis(250),
                Duration.ofSeconds(5),
                LARGEST_VALUE,
                Duration.ofHours(24));
    }

    /** The same with another time to live. */
    public CacheDefaults withTtl(Duration other) {
        return new CacheDefaults(other, jitter, deadline, waitAtMost, maxValueBytes, longestDeadline);
    }

    /** The same with another deadline. */
    public CacheDefaults withDeadline(Duration other) {
        return new CacheDefaults(ttl, jitter, other, waitAtMost, maxValueBytes, longestDeadline);
    }

    /** The same, with deadlines of at most {@code bound}. */
    public CacheDefaults withLongestDeadline(Duration bound) {
        Duration shorter = deadline.compareTo(bound) < 0 ? deadline : bound;
        return new CacheDefaults(ttl, jitter, shorter, waitAtMost, maxValueBytes, bound);
    }

    static Duration requirePositive(String what, Duration duration) {
        Objects.requireNonNull(duration, what);
        if (duration.isZero() || duration.isNegative() || duration.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException(what + " must be more than 0 and at most 24 h, was " + duration);
        }
        return duration;
    }
}
