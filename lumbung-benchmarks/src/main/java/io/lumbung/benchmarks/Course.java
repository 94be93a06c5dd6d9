package io.lumbung.benchmarks;

/**
 * What is raced for: how a contender is made ready, and what each caller then asks of it again and again. Safe for any number of
 * threads.
 *
 * @param <C> who can take part
 */
interface Course<C extends AutoCloseable> {

    /** What one good turn is called in tables and files. */
    String turn();

    /** How many keys there are; each turn is on one of them. */
    int keys();

    /** Whether a window has one turn on each key and then ends; if not, keys are drawn at random until its time is over. */
    default boolean onceEach() {
        return false;
    }

    /** Called once per contender, before the clock runs. */
    void prepare(C contender) throws Exception;

    /** Called before each window, while no clock runs. */
    default void before(C contender) throws Exception {}

    /** Called after each window, while no clock runs. */
    default void after(C contender) throws Exception {}

    /** What is kept of a window that has ended; called before {@link #after}. */
    default Window outcome(Window window) {
        return window;
    }

    /** More columns of its results, each after a comma. */
    default String columns() {
        return "";
    }

    /** What stands in them for the last window, each after a comma. */
    default String notes() {
        return "";
    }

    /**
     * One turn.
     *
     * @param key from 0 to {@link #keys()}
     * @return whether it counts; false is a miss
     * @throws WrongAnswerException if the contender cannot be trusted
     */
    boolean run(C contender, int key) throws Exception;
}
