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
        boolean done = false;
        try {
            result = work.apply(lease);
            done = true;
        } finally {
            if (!done) {
                lease.close();
            }
        }
        boolean held = lease.isHeld();
        try {
            held &= lease.release();
        } catch (StoreException e) {
            log.warn("lock {} is given back as soon as Redis answers: {}", lease.lock(), e.getMessage());
        }
        if (!held) {
            throw new LeaseLostException("the work under lock " + lease.lock()
                    + " ended after its lease: somebody else may have worked meanwhile. Take it for longer, or keep it"
                    + " renewed; and let what is written check fence " + lease.fence());
        }
        return result;
    }
}
