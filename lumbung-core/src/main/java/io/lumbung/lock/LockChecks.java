package io.lumbung.lock;

import java.time.Duration;

/** What every way to take a lock refuses before anything is sent. */
final class LockChecks {
    static final Duration SHORTEST_TTL = Duration.ofMillis(100);
    static final Duration LONGEST = Duration.ofHours(24);

    private LockChecks() {}

    static Duration ttl(Duration ttl) {
        if (ttl.compareTo(SHORTEST_TTL) < 0 || ttl.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a lock's ttl must be 100 ms to 24 h, was " + ttl
                    + "; for longer work take a short one and keep it renewed");
        }
        return ttl;
    }

    static Duration maxWait(Duration maxWait) {
        if (maxWait.isNegative() || maxWait.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the wait for a lock must be 0 to 24 h, was " + maxWait);
        }
        return maxWait;
    }
}
