package io.lumbung.benchmarks;

import java.time.Duration;
import java.util.Optional;

/**
 * One way to lock, open and connected. Nobody else has a lock for as long as it is held, at most {@link #TTL}.
 *
 * <p>Any number of threads ask at once. Each thread gives back what it took.
 */
interface LockContender extends AutoCloseable {

    /** After what time a lock is free again although nobody gave it back. */
    Duration TTL = Duration.ofSeconds(30);

    /** Takes a lock if it is free, and does not wait. */
    Optional<Held> tryAcquire(String name) throws Exception;

    /** Whether it can wait for a lock. If not, {@link #acquire} cannot be asked. */
    default boolean waits() {
        return true;
    }

    /** Takes a lock as soon as it is free for this caller, or gives up. */
    Optional<Held> acquire(String name, Duration atMost) throws Exception;

    @Override
    void close() throws Exception;
}
