package io.lumbung.cache;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/** The rules for times to live. */
final class Ttl {
    static final Duration SHORTEST = Duration.ofMillis(1);
    static final Duration LONGEST = Duration.ofHours(24);

    private Ttl() {}

    /** The time itself, if an entry may have it. */
    static Duration checked(String what, Duration ttl) {
        Objects.requireNonNull(ttl, what);
        if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(what + " must be 1 ms to 24 h, was " + ttl
                    + "; an entry without an end is not offered, what must not be lost belongs in the database");
        }
        return ttl;
    }

    /** In milliseconds, shortened by up to {@code jitter} so that entries stored together do not end together. */
    static long jittered(Duration ttl, double jitter) {
        long millis = ttl.toMillis();
        if (jitter == 0) {
            return millis;
        }
        return Math.max(
                1,
                millis - (long) (millis * jitter * ThreadLocalRandom.current().nextDouble()));
    }
}
