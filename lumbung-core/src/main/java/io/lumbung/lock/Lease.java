package io.lumbung.lock;

import io.lumbung.error.LeaseLostException;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * A lock that was taken, until it is released, runs out, or is lost.
 *
 * <p>A lease ends by the server's clock after its ttl. This side counts by a monotonic clock of its own from before the
 * request was sent, less 2 ms and 1 % for clocks that run apart, so it knows of the end before anybody else can have the
 * lock, unless the server's clock leaps, a failover forgets the lock, or this machine is suspended (its clock may stand still
 * then). <em>No Redis lock can promise that two never hold it at once</em>: a process may sleep through the end of its lease
 * and go on. What can is the resource that is protected, if it refuses whoever comes with an older {@link #fence()}: {@link
 * io.lumbung.lock.jdbc.JdbcFence}, {@link FencedValue}.
 *
 * <p>Whoever has the lease has the lock, on any thread: hand it over, or {@link #again() enter again} with it. Thread-safe.
 */
public interface Lease extends AutoCloseable {
    /** The name of the lock. */
    Key lock();

    /**
     * The fencing token: greater than that of every lease of this lock before it, also after the counter was lost or a
     * failover forgot the last one, as long as the server's clock is not behind the last grant then. It does not change
     * while the lease lasts. At most 2^53. Guards compare fences of those who exclude each other: plain locks and writers, not
     * readers and permits.
     */
    long fence();

    /** Who holds it: another text for every lease. With equal fences (after a failover) the owner tells two apart. */
    String owner();

    /** Whether it is certain to be ours still; local, no I/O. */
    boolean isHeld();

    /** For how long it is ours for certain, zero once it is not; local, no I/O. */
    Duration remaining();

    /**
     * Stops whoever lost it.
     *
     * @throws LeaseLostException if it is not held any more
     */
    void requireHeld();

    /** As {@link #renew(Duration)}, for the ttl it was taken with. */
    boolean renew();

    /**
     * Holds it for {@code ttl} from now. One round trip. A lease that was lost stays lost.
     *
     * @param ttl 100 ms to 24 h
     * @return false if it is not ours any more
     * @throws StoreException if Redis did not answer; it lasts as long as it did before, or, if that is shorter and may have
     *     been done, for {@code ttl}
     */
    boolean renew(Duration ttl);

    /**
     * Keeps it renewed in the background, each third of the ttl it was taken with, until it is released or lost; a
     * {@link #renew(Duration)} for longer stands. A lease that is kept renewed lasts as long as this process lives and reaches
     * Redis: make sure that it is released.
     *
     * @return this
     */
    Lease keepRenewed();

    /**
     * Tells {@code listener} once when it is lost: when its time is over before it was renewed or released, or as soon as
     * Redis says that it is not ours. If it is lost already, at once on this thread; else on a thread of Lumbung's own that
     * renews other leases, too: be quick, hand long work over.
     *
     * @return this
     */
    Lease onLost(Consumer<? super Lease> listener);

    /**
     * Interrupts the calling thread when it is lost, unless the lease was released before. If that thread gives the lease back
     * with its flag still set, the flag is cleared: it was meant for the work, not for what the thread does next.
     *
     * @return this
     */
    Lease interruptOnLoss();

    /**
     * Enters once more, without asking Redis: the lock is released when what this returns and this lease itself are
     * released. The fence stays the same.
     *
     * @throws LeaseLostException if it is not held any more
     */
    Lease again();

    /**
     * Gives the lock back, if it is still ours; nobody else's lock is ever touched. One round trip, which an interrupt does
     * not stop. Called again it does nothing.
     *
     * @return whether it was ours until now; of a lease {@link #again() entered again}, whether it still is
     * @throws StoreException if Redis did not answer; it is tried again in the background until the lease has run out
     */
    boolean release();

    /** As {@link #release()}, but what goes wrong is only logged. */
    @Override
    void close();
}
