package io.lumbung.ratelimit;

import java.util.List;
import java.util.Optional;

/**
 * What several limiters answered to one request, in the order they were asked.
 *
 * @param all one for each acquisition; if this process knew that some would be refused, only theirs, and nobody was asked.
 *     If one refused, what the others had taken was given back: their {@link Decision#limits()} still show it taken
 */
public record Decisions(List<Decision> all) {
    public Decisions {
        all = List.copyOf(all);
        if (all.isEmpty()) {
            throw new IllegalArgumentException("no decisions");
        }
    }

    /** Whether all of them allow it. */
    public boolean isAllowed() {
        return all.stream().allMatch(Decision::isAllowed);
    }

    /** The refusal with the longest wait, if there is one. */
    public Optional<Decision.Refused> refused() {
        return tightest() instanceof Decision.Refused refused ? Optional.of(refused) : Optional.empty();
    }

    /** The decision that matters most: the refusal with the longest wait, or the one whose limit has the least left. */
    public Decision tightest() {
        return Decision.tightest(all);
    }
}
