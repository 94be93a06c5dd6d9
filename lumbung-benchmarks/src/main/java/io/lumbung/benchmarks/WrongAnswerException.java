package io.lumbung.benchmarks;

/** A contender answered something else than what was stored: its speed means nothing. */
final class WrongAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WrongAnswerException(String message) {
        super(message);
    }
}
