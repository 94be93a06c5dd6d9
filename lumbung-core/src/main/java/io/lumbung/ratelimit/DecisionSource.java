package io.lumbung.ratelimit;

import io.lumbung.observe.Observation.RateLimitSource;

/** Who made a {@link Decision}. */
public enum DecisionSource {
    /** The counters in Redis. */
    REDIS(RateLimitSource.REDIS),
    /** This process, which was refused lately and knows that nothing can have changed. */
    DENY_CACHE(RateLimitSource.DENY_CACHE),
    /** This process alone, by its share of the limit, because Redis did not answer; see {@link WhenDown#LOCAL}. */
    LOCAL(RateLimitSource.LOCAL),
    /** Nobody counted: Redis did not answer; see {@link WhenDown#ALLOW} and {@link WhenDown#REFUSE}. */
    POLICY(RateLimitSource.POLICY);

    private final RateLimitSource observed;

    DecisionSource(RateLimitSource observed) {
        this.observed = observed;
    }

    RateLimitSource observed() {
        return observed;
    }
}
