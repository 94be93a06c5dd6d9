package io.lumbung.lock;

/**
 * Work without a result that is done while a lock is held.
 *
 * @param <E> what it may throw; inferred as {@code RuntimeException} if nothing is checked
 */
@FunctionalInterface
public interface LockedAction<E extends Exception> {
    /** Does the work; {@code lease} has the fence for whatever it writes. */
    void accept(Lease lease) throws E;
}
