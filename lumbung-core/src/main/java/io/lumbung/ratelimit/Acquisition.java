package io.lumbung.ratelimit;

import io.lumbung.key.Key;
import java.util.Objects;

/**
 * Something to take from one limiter, beside others; see {@link RateLimiters#tryAcquireAll}.
 *
 * @param cost 1 to the least capacity of the limiter's limits
 */
public record Acquisition(RateLimiter limiter, Key subject, long cost) {
    public Acquisition {
        Objects.requireNonNull(limiter, "limiter");
        Objects.requireNonNull(subject, "subject");
    }

    /** One permit for a subject given as text. */
    public static Acquisition of(RateLimiter limiter, String subject) {
        return new Acquisition(limiter, Subjects.of(subject), 1);
    }
}
