package io.lumbung.benchmarks;

import io.lumbung.ratelimit.RateLimit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How Lumbung counts, and how its script is told so. */
enum Algorithm {
    LOG("sliding log", "L"),
    COUNTER("sliding counter", "C"),
    GCRA("smooth", "G");

    private final String words;
    private final String letter;

    Algorithm(String words, String letter) {
        this.words = words;
        this.letter = letter;
    }

    List<RateLimit> limits(Quota quota) {
        return quota.windows().stream()
                .map(window -> switch (this) {
                    case LOG -> RateLimit.slidingLog(quota.permits(), window);
                    case COUNTER -> RateLimit.slidingCounter(quota.permits(), window);
                    case GCRA -> RateLimit.smooth(quota.permits(), window);
                })
                .toList();
    }

    /** The arguments of the script: one permit, to be taken, and the numbers of each limit. */
    byte[][] arguments(Quota quota) {
        List<Object> all = new ArrayList<>(List.of(1, "T"));
        for (RateLimit limit : limits(quota)) {
            all.addAll(List.of(letter, limit.permits(), limit.window().toNanos() / 1_000));
            if (this == GCRA) {
                all.add(limit.capacity());
            }
        }
        return all.stream()
                .map(argument -> argument.toString().getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
    }

    @Override
    public String toString() {
        return words;
    }
}
