package io.lumbung.ratelimit;

import java.util.List;

/** What holds for one subject instead of its limiter's limits. Immutable. */
public sealed interface SubjectOverride {
    /** Every request is refused; while Redis is down, what {@link WhenDown} says. */
    record Blocked() implements SubjectOverride {}

    /** Every request is allowed and nothing is counted. */
    record Exempt() implements SubjectOverride {}

    /**
     * Other numbers.
     *
     * @param limits as many as the limiter has, in the same order and of the same kinds; of a calendar quota only the
     *     permits count. How much can be asked for at once stays what the limiter itself could give
     */
    record Limits(List<RateLimit> limits) implements SubjectOverride {
        public Limits {
            limits = List.copyOf(limits);
        }
    }

    /** Refuses every request. */
    static SubjectOverride blocked() {
        return new Blocked();
    }

    /** Allows every request and counts nothing. */
    static SubjectOverride exempt() {
        return new Exempt();
    }

    /** Other numbers; see {@link Limits}. */
    static SubjectOverride limits(RateLimit... limits) {
        return new Limits(List.of(limits));
    }
}
