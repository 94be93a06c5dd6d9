package io.lumbung.ratelimit;

import io.lumbung.redis.Kernel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the rate limiters of one application, on the plane whose keys must not be evicted. One per process and Redis is
 * right: it holds what this process knows about refused subjects. Thread-safe.
 */
public final class RateLimiters implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofMillis(250);

    private final LimiterWorkshop workshop;
    private final Duration deadline;
    private final Duration longestDeadline;
    private final Map<String, RedisRateLimiter> declared = new ConcurrentHashMap<>();

    private RateLimiters(LimiterWorkshop workshop, Duration deadline, Duration longestDeadline) {
        this.workshop = workshop;
        this.deadline = Objects.requireNonNull(deadline, "deadline");
        this.longestDeadline = Objects.requireNonNull(longestDeadline, "longestDeadline");
    }

    /** Limiters on {@code kernel}, which is borrowed, with a deadline of 250 ms. */
    public static RateLimiters on(Kernel kernel) {
        return on(kernel, DEADLINE, Duration.ofHours(24));
    }

    /**
     * Limiters on {@code kernel}, which is borrowed.
     *
     * @param deadline the time a decision may take, unless its limiter says otherwise
     * @param longestDeadline what no limiter's deadline may exceed: the read timeout
     */
    public static RateLimiters on(Kernel kernel, Duration deadline, Duration longestDeadline) {
        return with(LimiterWorkshop.of(kernel), deadline, longestDeadline);
    }

    static RateLimiters with(LimiterWorkshop workshop, Duration deadline, Duration longestDeadline) {
        return new RateLimiters(workshop, deadline, longestDeadline);
    }

    /**
     * Begins to declare a limiter.
     *
     * @param name 1 to 64 letters, digits, {@code _ . -}: part of its keys
     */
    public RateLimiterBuilder limiter(String name) {
        return new RateLimiterBuilder(this, name, deadline);
    }

    /** The limiter of this name, if it is declared. */
    public Optional<RateLimiter> find(String name) {
        return Optional.ofNullable(declared.get(name));
    }

    /**
     * Takes from several limiters, or from none: all are asked at once, and if one refuses, what the others took is given
     * back before this returns. So a refused request may hold permits of other subjects for the time of two round trips,
     * and for good only if the second one fails: each limiter then refuses at most {@code cost} too much, never admits too
     * much. Limits of one subject belong into one limiter, where this cannot happen.
     *
     * @throws IllegalArgumentException if it is empty, or one of the acquisitions is wrong; before any I/O
     */
    public Decisions tryAcquireAll(Collection<Acquisition> all) {
        List<Attempt> attempts = new ArrayList<>(all.size());
        for (Acquisition one : all) {
            if (!(one.limiter() instanceof RedisRateLimiter limiter)) {
                throw new IllegalArgumentException(
                        "limiter '" + one.limiter().name() + "' was not made by RateLimiters");
            }
            attempts.add(limiter.attempt(one.subject(), one.cost()));
        }
        return Attempt.all(attempts);
    }

    /** As {@link #tryAcquireAll(Collection)}. */
    public Decisions tryAcquireAll(Acquisition... all) {
        return tryAcquireAll(List.of(all));
    }

    /** Ends the subscription and the counting of instances; the kernel stays open. Idempotent. */
    @Override
    public void close() {
        workshop.close();
    }

    Duration longestDeadline() {
        return longestDeadline;
    }

    synchronized RateLimiter declare(LimiterSettings settings, boolean replacing) {
        if (settings.bareKeys()) {
            declared.values().stream()
                    .filter(other ->
                            other.settings().bareKeys() && !other.name().equals(settings.name()))
                    .findFirst()
                    .ifPresent(other -> {
                        throw new IllegalStateException("limiter '" + other.name() + "' has bare keys already: '"
                                + settings.name() + "' would share its counters");
                    });
        }
        RedisRateLimiter known = declared.get(settings.name());
        if (known == null) {
            RedisRateLimiter made = new RedisRateLimiter(workshop, settings);
            declared.put(settings.name(), made);
            return made;
        }
        if (replacing) {
            known.replace(settings);
        } else if (!known.settings().equals(settings)) {
            throw new IllegalStateException("limiter '" + settings.name()
                    + "' is declared already with other settings: declare it once, in one place, or change it with"
                    + " replace(); it has " + known.settings() + ", now asked for " + settings);
        }
        return known;
    }
}
