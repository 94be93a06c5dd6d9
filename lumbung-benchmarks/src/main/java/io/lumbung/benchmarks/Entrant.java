package io.lumbung.benchmarks;

/**
 * A contender by name, not yet connected.
 *
 * @param name what the command line and the table call it
 * @param settings what it was told, in one line, for the reader of the results
 * @param opener connects it
 * @param <C> what it can do
 */
record Entrant<C extends AutoCloseable>(String name, String settings, Opener<C> opener) {

    /**
     * Connects a contender for a number of concurrent callers, so that it can size its pool.
     *
     * @param <C> what it can do
     */
    @FunctionalInterface
    interface Opener<C extends AutoCloseable> {
        C open(Servers servers, int callers) throws Exception;
    }
}
