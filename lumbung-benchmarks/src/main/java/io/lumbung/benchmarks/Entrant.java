package io.lumbung.benchmarks;

/**
 * A contender by name, not yet connected.
 *
 * @param name what the command line and the table call it
 * @param settings what it was told, in one line, for the reader of the results
 * @param opener connects it
 */
record Entrant(String name, String settings, Opener opener) {

    /** Connects a contender for a number of concurrent callers, so that it can size its pool. */
    @FunctionalInterface
    interface Opener {
        Contender open(Servers servers, int callers) throws Exception;
    }
}
