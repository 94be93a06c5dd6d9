package io.lumbung.observe;

/**
 * The one hook through which Lumbung reports what it does; the starter binds it to Micrometer.
 *
 * <p>Called on the thread that did the work, and for some observations on an I/O thread: it must be quick, must not
 * block, and what it throws is dropped. {@code Observer.NONE} costs nothing.
 */
@FunctionalInterface
public interface Observer {
    /** Listens to nothing. */
    Observer NONE = observation -> {};

    /** Takes note of one observation. */
    void observe(Observation observation);
}
