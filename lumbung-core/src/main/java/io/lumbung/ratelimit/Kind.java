package io.lumbung.ratelimit;

/** The kinds of limits, as the scripts call them. */
enum Kind {
    SLIDING_LOG("L"),
    SLIDING_COUNTER("C"),
    SMOOTH("G"),
    QUOTA("Q");

    private final String letter;

    Kind(String letter) {
        this.letter = letter;
    }

    String letter() {
        return letter;
    }

    static Kind of(RateLimit limit) {
        if (limit instanceof RateLimit.SlidingLog) {
            return SLIDING_LOG;
        }
        if (limit instanceof RateLimit.SlidingCounter) {
            return SLIDING_COUNTER;
        }
        return limit instanceof RateLimit.Smooth ? SMOOTH : QUOTA;
    }
}
