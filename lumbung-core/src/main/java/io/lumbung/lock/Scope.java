package io.lumbung.lock;

import io.lumbung.error.LeaseLostException;
import org.jspecify.annotations.Nullable;

/** Work inside a lease. */
final class Scope {
    private Scope() {}

    /** Does the work and gives the lease back; if both fail, the work's failure counts. */
    static <T extends @Nullable Object, E extends Exception> T within(Lease lease, LockedWork<T, E> work) throws E {
        try (lease) {
            T result = work.apply(lease);
            if (!lease.isHeld()) {
                throw new LeaseLostException("the work under lock " + lease.lock()
                        + " ended after its lease: somebody else may have worked meanwhile. Take it for longer, or keep it"
                        + " renewed; and let what is written check fence " + lease.fence());
            }
            return result;
        }
    }
}
