package io.lumbung.cache;

import org.jspecify.annotations.Nullable;

/**
 * A {@link Loader} that learns, while it loads, which tags its entry carries.
 *
 * @param <V> the value
 * @param <X> what may go wrong; it reaches whoever asked the cache
 */
@FunctionalInterface
public interface TaggingLoader<V, X extends Exception> {
    /** The value as it is now; {@code null} if there is none. Runs on the thread that asked the cache. */
    @Nullable
    V load(Load load) throws X;
}
