package io.lumbung.lock;

import java.util.Optional;

/**
 * One instance of many that leads, until it dies, resigns or loses touch with Redis; then another one does, in the order they
 * came. Two may believe so at once for a moment (see {@link Lease}), so let what they write check the fence.
 *
 * <p>Runs on a thread of its own from the moment it is made until it is closed; outages are waited out. Thread-safe.
 */
public interface LeaderElection extends AutoCloseable {
    /** Whether this instance leads, as far as it knows; local, no I/O. */
    boolean isLeader();

    /** The lease of the lead, while this instance has it. */
    Optional<Lease> lease();

    /** Takes no part any more; if it leads, {@link Candidate#deposed()} is called and the lead given back. Idempotent. */
    @Override
    void close();
}
