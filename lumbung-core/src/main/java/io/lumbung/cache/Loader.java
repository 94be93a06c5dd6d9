package io.lumbung.cache;

import org.jspecify.annotations.Nullable;

/**
 * Brings a value from where the truth lives, usually the database.
 *
 * @param <V> the value
 * @param <X> what may go wrong there; it reaches whoever asked the cache
 */
@FunctionalInterface
public interface Loader<V, X extends Exception> {
    /** The value as it is now; {@code null} if there is none. Runs on the thread that asked the cache. */
    @Nullable
    V load() throws X;
}
