package io.lumbung.lock;

import io.lumbung.error.LeaseLostException;
import io.lumbung.error.StoreException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work inside a lease. */
final class Scope {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.lock");

    private Scope() {}

    /** Does the work and gives the lease back; if the work fails, its failure counts. */
    static <T extends @Nullable Object, E extends Exception> T within(Lease lease, LockedWork<T, E> work) throws E {
        T result;
        // Whatever the work does with its lease, the lock is held until the work is done.
        try (Lease inner = lease.again()) {
            result = work.apply(inner);
        } catch (Throwable e) {
            abandon(lease, e);
            throw e;
        }
        endOf(lease);
        return result;
    }

    /** Gives back what failed work was under; that the lock was lost may be why it failed. */
    static void abandon(Lease lease, Throwable failure) {
        if (!lease.isHeld() && !(failure instanceof LeaseLostException)) {
            failure.addSuppressed(new LeaseLostException("lock " + lease.lock() + " was lost while the work was done"));
        }
        lease.close();
    }

    /** Gives back what work that is done was under. */
    static void endOf(Lease lease) {
        boolean held = lease.isHeld();
        try {
            held &= lease.release();
        } catch (StoreException | IllegalStateException e) {
            log.warn(
                    "lock {} is given back as soon as Redis answers, or ends by itself: {}",
                    lease.lock(),
                    e.getMessage());
        }
        if (!held) {
            throw new LeaseLostException("the work under lock " + lease.lock()
                    + " ended after its lease: somebody else may have worked meanwhile. Take it for longer, or keep it"
                    + " renewed; and let what is written check fence " + lease.fence());
        }
    }
}
