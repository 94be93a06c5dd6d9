package io.lumbung.lock;

import io.lumbung.error.StoreException;

/**
 * A number of permits that all instances share. Each lease holds its permits until it is released or its ttl is over, so
 * what a process held that died comes back by itself. As a {@link DistributedLock} it takes one permit at a time. All who use
 * one name should give it the same number; each is held to its own. Thread-safe.
 */
public interface Semaphore extends DistributedLock {
    /** How many there are. */
    int permits();

    /**
     * Takes {@code count} permits at once, or none.
     *
     * @throws IllegalArgumentException unless it is 1 to {@link #permits()}, and at most 1 000: one lease costs Redis a step for
     *     each of its permits
     */
    DistributedLock of(int count);

    /**
     * How many are free; others may take them at any time. One round trip.
     *
     * @throws StoreException if Redis did not answer
     */
    int available();
}
