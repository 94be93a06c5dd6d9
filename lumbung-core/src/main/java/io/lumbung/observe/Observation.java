package io.lumbung.observe;

import java.time.Duration;

/** Something worth counting or timing. Names and values are few and fixed, so they are safe as metric tags. */
public sealed interface Observation {

    /**
     * One call to Redis, retries included, ended.
     *
     * @param operation for example {@code cache.get}
     * @param result how it ended
     * @param took from before it was sent until its reply was there
     */
    record Call(String operation, CallResult result, Duration took) implements Observation {}

    /** How a call to Redis ended. */
    enum CallResult {
        OK,
        /** Proved not executed. */
        UNAVAILABLE,
        /** Sent, no answer. */
        TIMEOUT,
        /** The server said no. */
        REFUSED
    }

    /** The circuit breaker of one node changed its state. */
    record BreakerChange(String node, BreakerState state) implements Observation {}

    /** The states of a circuit breaker. */
    enum BreakerState {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /** One read, load or write of a cache. */
    record Cache(String cache, CacheEvent event) implements Observation {}

    /** What happened to a cache. */
    enum CacheEvent {
        /** The value came from Redis. */
        HIT,
        /** Redis had no valid value. */
        MISS,
        /** Redis was not asked, or did not answer: the caller was sent to its source. */
        BYPASS,
        /** A loader ran. */
        LOAD,
        /** A loader threw. */
        LOAD_FAILED,
        /** The caller got what another caller loaded. */
        SHARED,
        /** A loaded value was stored. */
        FILL,
        /** A loaded value was not stored, because it was invalidated or replaced while it was loaded. */
        FILL_REVOKED,
        /** A loaded value was not stored, because it is larger than the limit. */
        TOO_LARGE,
        /** A value was written by the caller. */
        PUT,
        /** Entries were invalidated. */
        INVALIDATED,
        /** An invalidation was not confirmed by Redis; it is kept and repeated. */
        INVALIDATION_KEPT,
        /** A kept invalidation was confirmed at last. */
        INVALIDATION_REPLAYED,
        /** Stored bytes were not an entry of this cache: a miss. */
        UNDECODABLE
    }

    /**
     * One decision of a rate limiter.
     *
     * @param took from the question to the answer
     */
    record RateLimit(String limiter, RateLimitResult result, RateLimitSource source, Duration took)
            implements Observation {}

    /** What a rate limiter decided. */
    enum RateLimitResult {
        ALLOWED,
        REFUSED,
        /** Allowed by a limiter in shadow, which would have refused. */
        SHADOW_REFUSED
    }

    /** Where a rate limiter's decision came from. */
    enum RateLimitSource {
        /** The counters in Redis. */
        REDIS,
        /** A refusal that this process remembers, and that still stands. */
        DENY_CACHE,
        /** Redis did not answer; this process counted its share. */
        LOCAL,
        /** Redis did not answer; nothing was counted. */
        POLICY
    }

    /** Something happened to a session. */
    record Session(SessionEvent event) implements Observation {}

    /** What happened to a session. */
    enum SessionEvent {
        CREATED,
        /** It was asked for and is there. */
        FOUND,
        /** It was asked for and is not, or no longer, there. */
        ABSENT,
        /** A token was shown that is no token; Redis was not asked. */
        MALFORMED,
        /** It lives on because it was used. */
        TOUCHED,
        UPDATED,
        /** A change was refused because somebody else changed it first. */
        CONFLICT,
        ROTATED,
        DESTROYED,
        /** It ran out; only if the policy notes it, and told by the process that tells of it. */
        EXPIRED,
        /** It was destroyed to make room for another one of its user. */
        EVICTED,
        /** It was not created because its user has the most there may be. */
        REJECTED
    }

    /**
     * A lock was asked for.
     *
     * @param took from the question to the answer, the wait included
     */
    record LockAsked(LockKind kind, LockAnswer answer, Duration took) implements Observation {}

    /** What was asked for. */
    enum LockKind {
        LOCK,
        READ,
        WRITE,
        PERMIT
    }

    /** How asking for a lock ended. */
    enum LockAnswer {
        ACQUIRED,
        /** Somebody else holds it, or held it all the time that was waited. */
        BUSY,
        /** The waiting thread was interrupted. */
        INTERRUPTED,
        /** Redis did not answer. */
        FAILED
    }

    /**
     * The lease of a lock ended.
     *
     * @param held for how long it was held
     */
    record LockEnded(LockKind kind, LockEnd end, Duration held) implements Observation {}

    /** How a lease ended. */
    enum LockEnd {
        RELEASED,
        /** Its time was over, or Redis said that it is not ours, before it was released. */
        LOST
    }
}
