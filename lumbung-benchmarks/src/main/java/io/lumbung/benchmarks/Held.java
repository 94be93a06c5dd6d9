package io.lumbung.benchmarks;

/** A lock that was taken, until it is given back by the thread that took it. */
@FunctionalInterface
interface Held {

    /**
     * Gives it back.
     *
     * @throws WrongAnswerException if it was lost before that
     */
    void release() throws Exception;

    /** For what tells whether it was held until then. */
    static void require(boolean wasHeld) {
        if (!wasHeld) {
            throw new WrongAnswerException("a lock was lost before it was given back");
        }
    }
}
