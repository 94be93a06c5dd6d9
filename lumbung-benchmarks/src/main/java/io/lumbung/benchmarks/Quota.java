package io.lumbung.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What one subject may have: so many permits in each of several windows, the first being {@code window} and each further
 * one twice as long as the one before. Immutable.
 */
record Quota(long permits, Duration window, int limits) {

    Quota {
        if (permits < 1 || limits < 1 || window.isNegative() || window.isZero()) {
            throw new IllegalArgumentException("no quota: " + permits + " permits, " + limits + " of " + window);
        }
    }

    List<Duration> windows() {
        return IntStream.range(0, limits)
                .mapToObj(i -> window.multipliedBy(1L << i))
                .toList();
    }

    @Override
    public String toString() {
        return permits + " permits per " + windows();
    }
}
