package io.lumbung.lock;

/** Who takes part in a {@link LeaderElection}. Both are called on the election's own thread, never at the same time. */
public interface Candidate {
    /**
     * This instance leads from now on, until {@code lease} is lost or the election is closed. Start the work and return; pass
     * the fence to whatever the work writes. If it throws, the lead is given up and somebody else may have it.
     */
    void elected(Lease lease);

    /** This instance does not lead any more: stop the work. By now somebody else may lead. */
    default void deposed() {}
}
