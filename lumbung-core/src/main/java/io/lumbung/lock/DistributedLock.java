package io.lumbung.lock;

import io.lumbung.error.LeaseLostException;
import io.lumbung.error.LockNotAcquiredException;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One lock: of a name, of a {@link ReadWriteLock}, or the permits of a {@link Semaphore}.
 *
 * <p>Whoever waits stands in a queue in Redis and gets it in the order of arrival; only the next one is woken when it
 * becomes free, by a message, and nobody polls. A message that got lost costs less than a second, and so does a waiter that
 * died. Not re-entrant by thread: pass the {@link Lease} on, and {@link Lease#again() enter again}.
 *
 * <p>That it is held is an answer. That Redis does not answer is a {@link StoreException}; what may have been taken by then is
 * given back in the background, and if that is impossible ends with its ttl. Every ttl is 100 ms to 24 h, by the server's
 * clock; a call waits at most for its deadline (500 ms by default) beyond the wait that was asked for. Thread-safe.
 */
public interface DistributedLock {
    /** Its name. */
    Key name();

    /** What holds where nothing else is said. */
    LockDefaults defaults();

    /**
     * Takes it if it is free and nobody waits for it, and does not wait. One round trip; two if somebody waits, or the server's
     * clock went back since the last grant.
     *
     * @return the lease, or empty if it is held or somebody is next
     * @throws StoreException if Redis did not answer, or this thread was interrupted before it did; its flag stays set
     */
    Optional<Lease> tryAcquire(Duration ttl);

    /** As {@link #acquire(Duration, Duration)}, for the default ttl (10 s) and wait (5 s). */
    default Optional<Lease> acquire() throws InterruptedException {
        return acquire(defaults().ttl(), defaults().maxWait());
    }

    /**
     * Takes it, waiting in the queue for up to {@code maxWait}. One round trip if it is free; else one more to
     * stand in the queue, one when it becomes ours, and two or three a second to show that this waiter lives.
     *
     * @param maxWait 0 to 24 h
     * @return the lease, or empty if it did not become free for us in time
     * @throws InterruptedException if interrupted meanwhile; nothing is held and nobody stands in the queue
     * @throws StoreException if Redis does not answer, at once
     */
    Optional<Lease> acquire(Duration ttl, Duration maxWait) throws InterruptedException;

    /**
     * Tries to take it as often as {@code retries} say; one round trip a try.
     *
     * @return the lease, or empty if every try found it held
     * @throws InterruptedException if interrupted meanwhile; nothing is held
     * @throws StoreException if Redis does not answer, at once and without further tries
     */
    Optional<Lease> acquire(Duration ttl, Retries retries) throws InterruptedException;

    /** As {@link #call(LockedWork)}, without a result. */
    default <E extends Exception> void run(LockedAction<E> action) throws E, InterruptedException {
        call(work(action));
    }

    /** As {@link #call(Duration, LockedWork)}, without a result. */
    default <E extends Exception> void run(Duration ttl, LockedAction<E> action) throws E {
        call(ttl, work(action));
    }

    /** As {@link #call(Duration, Duration, LockedWork)}, without a result. */
    default <E extends Exception> void run(Duration ttl, Duration maxWait, LockedAction<E> action)
            throws E, InterruptedException {
        call(ttl, maxWait, work(action));
    }

    /** As {@link #call(Duration, Retries, LockedWork)}, without a result. */
    default <E extends Exception> void run(Duration ttl, Retries retries, LockedAction<E> action)
            throws E, InterruptedException {
        call(ttl, retries, work(action));
    }

    /** As {@link #call(Duration, Duration, LockedWork)}, for the default ttl (10 s) and wait (5 s). */
    default <T extends @Nullable Object, E extends Exception> T call(LockedWork<T, E> work)
            throws E, InterruptedException {
        return call(defaults().ttl(), defaults().maxWait(), work);
    }

    /**
     * Does {@code work} if the lock is free, and gives it back when the work is over, whatever happens. The lease lasts for
     * {@code ttl} unless the work renews it, or lets it be {@linkplain Lease#keepRenewed() kept renewed}.
     *
     * @throws LockNotAcquiredException {@code lock NAME is already held}; the work was not begun
     * @throws LeaseLostException if the work ended after its lease did, so that somebody else may have worked meanwhile; the
     *     work is done all the same. If the work itself throws one (a guard refused it), it is that one. Who must tell them
     *     apart takes the lease with {@link #tryAcquire} and asks it.
     */
    default <T extends @Nullable Object, E extends Exception> T call(Duration ttl, LockedWork<T, E> work) throws E {
        return Scope.within(
                tryAcquire(ttl).orElseThrow(() -> new LockNotAcquiredException("lock " + name() + " is already held")),
                work);
    }

    /** As {@link #call(Duration, LockedWork)}, waiting for the lock for up to {@code maxWait}. */
    default <T extends @Nullable Object, E extends Exception> T call(
            Duration ttl, Duration maxWait, LockedWork<T, E> work) throws E, InterruptedException {
        return Scope.within(
                acquire(ttl, maxWait)
                        .orElseThrow(() -> new LockNotAcquiredException(
                                "lock " + name() + " is already held; waited " + maxWait.toMillis() + " ms for it")),
                work);
    }

    /**
     * As {@link #call(Duration, LockedWork)}, trying as often as {@code retries} say.
     *
     * @throws LockNotAcquiredException {@code failed to acquire lock after N retries}; the work was not begun
     */
    default <T extends @Nullable Object, E extends Exception> T call(
            Duration ttl, Retries retries, LockedWork<T, E> work) throws E, InterruptedException {
        return Scope.within(
                acquire(ttl, retries)
                        .orElseThrow(() -> new LockNotAcquiredException("failed to acquire lock after "
                                + retries.tries() + " retries: lock " + name() + " is already held")),
                work);
    }

    /**
     * Does {@code action} once for all instances that come here at about the same time: for tasks that every instance
     * schedules. Whoever comes first does it, kept renewed while it works; the others go on without waiting. The lock stays
     * held until {@code lockAtLeastFor} after it was taken, however quick the action was and also if it failed, so that an
     * instance whose clock is late does not do it again.
     *
     * @param ttl for how long nobody does it after the instance that did has died; an action that hangs is not taken over
     * @param lockAtLeastFor 0 to {@code ttl}; more than clocks differ, less than the time to the next tick
     * @return whether it was done here
     * @throws LeaseLostException if it ended after its lease did
     */
    <E extends Exception> boolean runOnce(Duration ttl, Duration lockAtLeastFor, LockedAction<E> action) throws E;

    private static <E extends Exception> LockedWork<@Nullable Void, E> work(LockedAction<E> action) {
        return lease -> {
            action.accept(lease);
            return null;
        };
    }
}
