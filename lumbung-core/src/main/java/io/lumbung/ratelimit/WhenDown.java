package io.lumbung.ratelimit;

/**
 * What a limiter answers when Redis does not: within its deadline, and at once while Redis is known to be down. Overrides
 * are in Redis and hold again when it is back.
 */
public enum WhenDown {
    /** Everything is allowed; the default. */
    ALLOW,
    /** Everything is refused, to be tried again after a second. */
    REFUSE,
    /**
     * Each instance counts by itself and allows its share: the limit divided by the instances that were alive when Redis
     * last answered, at least 1. They start with nothing counted.
     */
    LOCAL
}
