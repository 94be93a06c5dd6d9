package io.lumbung.ratelimit;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Declares one rate limiter. Belongs to one thread; {@link #build()} or {@link #replace()} ends it. */
public final class RateLimiterBuilder {
    private final RateLimiters limiters;
    private final String name;
    private List<RateLimit> limits = List.of();
    private WhenDown whenDown = WhenDown.ALLOW;
    private Duration deadline;
    private boolean shadow;
    private boolean bareKeys;

    RateLimiterBuilder(RateLimiters limiters, String name, Duration deadline) {
        this.limiters = limiters;
        this.name = LimiterSettings.checkedName(name);
        this.deadline = deadline;
    }

    /**
     * The limits, 1 to 8, all of which must admit a request. The first one counts in the subject's key, the others beside
     * it under their names: keep the first one first and the names of the others, and a changed limit goes on counting
     * where it was.
     */
    public RateLimiterBuilder limits(RateLimit... all) {
        return limits(List.of(all));
    }

    /** As {@link #limits(RateLimit...)}. */
    public RateLimiterBuilder limits(List<RateLimit> all) {
        this.limits = List.copyOf(all);
        return this;
    }

    /** What it answers when Redis does not; {@link WhenDown#ALLOW} by default. */
    public RateLimiterBuilder whenDown(WhenDown policy) {
        this.whenDown = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Decides and counts, but refuses nobody: to try limits on live traffic. What it would have refused is observed, and
     * told by {@link Decision.Allowed#wouldRefuse()}.
     */
    public RateLimiterBuilder shadow() {
        this.shadow = true;
        return this;
    }

    /** The time one decision may take, at most the read timeout; 250 ms by default. */
    public RateLimiterBuilder deadline(Duration time) {
        this.deadline = time;
        return this;
    }

    /**
     * Leaves the limiter's name out of its keys: {@code app:ratelimit:SUBJECT}. For one limiter of an application, whose
     * subjects are single parts.
     */
    public RateLimiterBuilder bareKeys() {
        this.bareKeys = true;
        return this;
    }

    /**
     * The limiter. Declared twice with equal settings it is the same limiter.
     *
     * @throws IllegalArgumentException if there is no limit or more than 8, two have one name, or the deadline is out of
     *     range
     * @throws IllegalStateException if the name is declared already with other settings, or another limiter has bare keys
     */
    public RateLimiter build() {
        return limiters.declare(settings(), false);
    }

    /**
     * As {@link #build()}, but if the name is declared already that limiter goes on with these settings, whoever holds it;
     * what was counted goes on counting. Other instances keep theirs until they are told too.
     *
     * @throws IllegalArgumentException as {@link #build()}; the limiter goes on as it was
     * @throws IllegalStateException if another limiter has bare keys
     */
    public RateLimiter replace() {
        return limiters.declare(settings(), true);
    }

    private LimiterSettings settings() {
        return new LimiterSettings(name, limits, whenDown, deadline, shadow, bareKeys, limiters.longestDeadline());
    }
}
