package io.lumbung.lock;

import org.jspecify.annotations.Nullable;

/**
 * Work that has a result and is done while a lock is held.
 *
 * @param <T> the result
 * @param <E> what it may throw; inferred as {@code RuntimeException} if nothing is checked
 */
@FunctionalInterface
public interface LockedWork<T extends @Nullable Object, E extends Exception> {
    /** Does the work; {@code lease} has the fence for whatever it writes. */
    T apply(Lease lease) throws E;
}
