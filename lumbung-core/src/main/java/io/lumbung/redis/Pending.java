package io.lumbung.redis;

/**
 * A command on its way.
 *
 * @param <T> what its reply becomes
 */
public interface Pending<T> {
    /**
     * Waits for the reply, at most until the deadline the command was sent with.
     *
     * @throws io.lumbung.error.StoreException if there is no good reply; its outcome says what is known
     */
    T await();
}
