package io.lumbung.ratelimit;

import io.lumbung.key.Key;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a rate limiter answered. Immutable, except that what was taken can be given back once. */
public sealed interface Decision {
    /** The limiter that decided. */
    String limiter();

    /** Whom it decided about. */
    Key subject();

    /** How many permits were asked for. */
    long cost();

    /** Who decided. */
    DecisionSource source();

    /**
     * Where each limit stands now, in the order they were declared; empty if nothing was counted: Redis did not answer,
     * or the subject is blocked or exempt, or a limiter in shadow would have refused.
     */
    List<LimitStatus> limits();

    /** Whether the caller may go on. */
    default boolean isAllowed() {
        return this instanceof Allowed;
    }

    /** The limit to show when only one can be: the one that refused, or else the one with the least left. */
    Optional<LimitStatus> tightest();

    /**
     * Go on.
     *
     * @param receipt what was taken, for {@link RateLimiter#refund}
     * @param wouldRefuse of a limiter in shadow: the refusal it kept to itself
     */
    record Allowed(
            String limiter,
            Key subject,
            long cost,
            DecisionSource source,
            List<LimitStatus> limits,
            Receipt receipt,
            Optional<Refused> wouldRefuse)
            implements Decision {
        public Allowed {
            limits = List.copyOf(limits);
        }

        @Override
        public Optional<LimitStatus> tightest() {
            return limits.stream().min(LimitStatus.TIGHTEST_FIRST);
        }
    }

    /**
     * Do not; nothing was taken.
     *
     * @param retryAfter after so long of quiet this very request would be admitted, or an override ends. Exact to the
     *     microsecond by the server's clock, plus the way here
     * @param limit the name of the limit that stands in the way longest; {@code blocked} if the subject is blocked,
     *     {@code redis} if Redis did not answer
     */
    record Refused(
            String limiter,
            Key subject,
            long cost,
            DecisionSource source,
            List<LimitStatus> limits,
            Duration retryAfter,
            String limit)
            implements Decision {
        public Refused {
            limits = List.copyOf(limits);
        }

        @Override
        public Optional<LimitStatus> tightest() {
            return limits.stream()
                    .filter(status -> status.limit().name().equals(limit))
                    .findFirst()
                    .or(() -> limits.stream().min(LimitStatus.TIGHTEST_FIRST));
        }
    }

    /** Of several decisions about one request, the one that matters most to whoever made it. */
    static Decision tightest(List<Decision> decisions) {
        return decisions.stream()
                .min(Comparator.comparing(Decision::isAllowed)
                        .thenComparing(Decision::untilRetry, Comparator.reverseOrder())
                        .thenComparing(decision -> decision.tightest().isEmpty())
                        .thenComparing(
                                decision -> decision.tightest().orElse(null),
                                Comparator.nullsLast(LimitStatus.TIGHTEST_FIRST)))
                .orElseThrow(() -> new IllegalArgumentException("no decisions to choose from"));
    }

    private Duration untilRetry() {
        return this instanceof Refused refused ? refused.retryAfter() : Duration.ZERO;
    }
}
