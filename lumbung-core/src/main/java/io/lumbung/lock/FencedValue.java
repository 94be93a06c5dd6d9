package io.lumbung.lock;

import io.lumbung.error.LeaseLostException;
import io.lumbung.error.StoreException;
import java.util.Optional;

/**
 * A value in Redis that only the holder of one lock can write: a write with an older fence than the last is refused, however
 * late it comes. It has no time to live, and fails over with its Redis: what a failover forgets, it forgets, so what must
 * survive one belongs in a database ({@link io.lumbung.lock.jdbc.JdbcFence}). Stored as a hash at {@code {app:lock:NAME}:value}; thread-safe.
 *
 * @param <V> written by the codec, at most 1 MiB
 */
public interface FencedValue<V> {
    /** What was written last. One round trip. */
    Optional<V> get();

    /**
     * Writes it, if nobody has written with a newer lease. One round trip, safe to repeat. Whether the lease still lasts does
     * not matter here, only that nobody came after it.
     *
     * @throws LeaseLostException if somebody with a newer lease has written
     * @throws IllegalArgumentException if the lease is of another lock, or the value too large; before any I/O
     * @throws StoreException if Redis did not answer
     */
    void set(Lease lease, V value);
}
