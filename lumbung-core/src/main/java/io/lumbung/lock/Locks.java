package io.lumbung.lock;

import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.redis.Kernel;
import java.time.Duration;
import java.util.Optional;

/**
 * Locks on Redis, shared by all instances of an application.
 *
 * <p>What a Redis lock cannot promise: that two never believe to hold it at once. A process that sleeps through the end of its
 * lease goes on as if nothing had happened, and a failover may forget what was just granted. So every {@link Lease} has a fence,
 * and the guards {@link io.lumbung.lock.jdbc.JdbcFence} and {@link FencedValue} refuse whoever comes with an older one. Without a
 * guard a lock saves double work; with it, it keeps data right.
 *
 * <p>A name given as text is a literal from code, such as {@code "report:daily"}; what a user typed goes in a {@link Key}: {@code
 * Key.of("handle", handle)}. Keys, in one slot: {@code app:lock:NAME}, a string taken with SET NX PX, so that locks of other
 * languages on that key exclude ours and ours theirs; {@code {app:lock:NAME}:fence}, gone within an hour of the last grant; {@code
 * …:queue} and {@code …:waiters} while somebody waits. Semaphores and read/write locks keep a sorted set of holders at {@code
 * app:lock:NAME}, so one name is one kind of lock: using it as two is a {@link io.lumbung.error.StoreRefusedException}.
 * Thread-safe.
 */
public interface Locks extends AutoCloseable {
    /** Locks on {@code kernel}, which is borrowed. One per process is right: it holds the subscription by which waiters are woken. */
    static Locks on(Kernel kernel, LockDefaults defaults) {
        return new RedisLocks(kernel, defaults);
    }

    /** What holds where nothing else is said. */
    LockDefaults defaults();

    /** The lock {@code name}, a literal; no I/O. */
    default DistributedLock lock(String name) {
        return lock(Key.parse(name));
    }

    /** The lock {@code name}; no I/O. */
    DistributedLock lock(Key name);

    /** As {@link DistributedLock#tryAcquire(Duration)}. */
    default Optional<Lease> tryAcquire(String name, Duration ttl) {
        return lock(name).tryAcquire(ttl);
    }

    /** As {@link DistributedLock#acquire(Duration, Duration)}. */
    default Optional<Lease> acquire(String name, Duration ttl, Duration maxWait) throws InterruptedException {
        return lock(name).acquire(ttl, maxWait);
    }

    /** As {@link DistributedLock#acquire(Duration, Retries)}. */
    default Optional<Lease> acquire(String name, Duration ttl, Retries retries) throws InterruptedException {
        return lock(name).acquire(ttl, retries);
    }

    /** The read/write lock {@code name}, a literal; no I/O. */
    default ReadWriteLock readWriteLock(String name) {
        return readWriteLock(Key.parse(name));
    }

    /** The read/write lock {@code name}; no I/O. */
    ReadWriteLock readWriteLock(Key name);

    /** The semaphore {@code name}, a literal; no I/O. */
    default Semaphore semaphore(String name, int permits) {
        return semaphore(Key.parse(name), permits);
    }

    /**
     * The semaphore {@code name}; no I/O.
     *
     * @param permits 1 to 10 000
     */
    Semaphore semaphore(Key name, int permits);

    /** As {@link #leaderElection(Key, Duration, Candidate)}, for a literal. */
    default LeaderElection leaderElection(String name, Duration ttl, Candidate candidate) {
        return leaderElection(Key.parse(name), ttl, candidate);
    }

    /**
     * Stands for election, until what this returns or this is closed.
     *
     * @param ttl for how long nobody leads after the leader died; 1 s to 24 h
     */
    LeaderElection leaderElection(Key name, Duration ttl, Candidate candidate);

    /** As {@link #fencedValue(Key, Class)}, for a literal. */
    default <V> FencedValue<V> fencedValue(String lock, Class<V> type) {
        return fencedValue(Key.parse(lock), type);
    }

    /** The value that only holders of {@code lock} write; no I/O. */
    <V> FencedValue<V> fencedValue(Key lock, Class<V> type);

    /** As {@link #state(Key)}, for a literal. */
    default LockState state(String name) {
        return state(Key.parse(name));
    }

    /** Who holds the lock {@code name}, if somebody does, and how many wait. One round trip. */
    LockState state(Key name);

    /** As {@link #forceRelease(Key)}, for a literal. */
    default boolean forceRelease(String name) {
        return forceRelease(Key.parse(name));
    }

    /**
     * Takes the lock from whoever holds it, whose next renewal finds it lost. For people at a console.
     *
     * @return whether somebody held it
     * @throws StoreException if Redis did not answer
     */
    boolean forceRelease(Key name);

    /**
     * Ends elections, renewals and the subscription; who waits gets an {@link IllegalStateException}. What is held runs out by
     * itself and can still be given back; whoever wants to hear of its end still does. The kernel stays open. Idempotent.
     */
    @Override
    void close();
}
