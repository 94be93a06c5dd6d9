package io.lumbung.config;

import java.time.Duration;

/**
 * How long one call of each primitive may take before it counts as failed. In a {@link LumbungConfig} none is above the
 * read timeout.
 *
 * @param events also what a blocking read adds to its wait, see {@link #blocking(Duration)}
 * @param redis for calls that belong to no primitive
 */
public record Deadlines(
        Duration cache,
        Duration rateLimit,
        Duration session,
        Duration lock,
        Duration counter,
        Duration leaderboard,
        Duration events,
        Duration redis) {
    public Deadlines {
        Settings.CACHE_DEADLINE.require(cache);
        Settings.RATE_LIMIT_DEADLINE.require(rateLimit);
        Settings.SESSION_DEADLINE.require(session);
        Settings.LOCK_DEADLINE.require(lock);
        Settings.COUNTER_DEADLINE.require(counter);
        Settings.LEADERBOARD_DEADLINE.require(leaderboard);
        Settings.EVENTS_DEADLINE.require(events);
        Settings.REDIS_DEADLINE.require(redis);
    }

    /** 250 ms for cache and limiter, 500 ms for the rest. */
    public static Deadlines defaults() {
        return new Deadlines(
                Settings.CACHE_DEADLINE.byDefault(),
                Settings.RATE_LIMIT_DEADLINE.byDefault(),
                Settings.SESSION_DEADLINE.byDefault(),
                Settings.LOCK_DEADLINE.byDefault(),
                Settings.COUNTER_DEADLINE.byDefault(),
                Settings.LEADERBOARD_DEADLINE.byDefault(),
                Settings.EVENTS_DEADLINE.byDefault(),
                Settings.REDIS_DEADLINE.byDefault());
    }

    /** The deadline of a read that blocks on the server for up to {@code wait}; the read timeout does not bound it. */
    public Duration blocking(Duration wait) {
        return wait.plus(events);
    }

    /** The same, none above {@code bound}. */
    public Deadlines atMost(Duration bound) {
        return new Deadlines(
                lesser(cache, bound),
                lesser(rateLimit, bound),
                lesser(session, bound),
                lesser(lock, bound),
                lesser(counter, bound),
                lesser(leaderboard, bound),
                lesser(events, bound),
                lesser(redis, bound));
    }

    private static Duration lesser(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
