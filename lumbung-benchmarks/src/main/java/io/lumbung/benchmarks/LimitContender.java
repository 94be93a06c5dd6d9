package io.lumbung.benchmarks;

/**
 * One way to limit rates, open and connected; every subject has the same {@link Quota}.
 *
 * <p>Any number of threads ask at once.
 */
interface LimitContender extends AutoCloseable {

    /** Whatever a subject needs before the first request. Called before the clock runs. */
    default void prepare(String subject) throws Exception {}

    /**
     * Takes one permit of {@code subject} from each limit, if there is one.
     *
     * @throws UndecidedException if nobody counted
     */
    boolean admits(String subject) throws Exception;

    @Override
    void close() throws Exception;
}
