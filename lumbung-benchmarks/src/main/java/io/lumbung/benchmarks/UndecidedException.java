package io.lumbung.benchmarks;

/** A limiter answered without having counted, as one does that guesses while its server is slow: no decision. */
final class UndecidedException extends Exception {

    private static final long serialVersionUID = 1L;

    UndecidedException(String message) {
        super(message, null, false, false);
    }
}
