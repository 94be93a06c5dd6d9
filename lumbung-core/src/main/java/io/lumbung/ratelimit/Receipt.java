package io.lumbung.ratelimit;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What one decision took. It can be given back once, in parts if wanted. Thread-safe. */
public final class Receipt {
    static final Receipt NOTHING = new Receipt(0, List.of());

    private final long permits;
    private final AtomicLong left;
    private final List<Taken> taken;

    private Receipt(long permits, List<Taken> taken) {
        this.permits = permits;
        this.left = new AtomicLong(permits);
        this.taken = taken;
    }

    static Receipt of(long permits, List<Taken> taken) {
        return new Receipt(permits, taken);
    }

    /** How many permits can still be given back. */
    public long left() {
        return left.get();
    }

    /** Reserves {@code part} of the permits for giving them back, the last ones first: what was taken by that part. */
    List<Taken> spend(long part) {
        long before = left.getAndUpdate(now -> now >= part ? now - part : now);
        if (before < part) {
            throw new IllegalArgumentException(
                    "cannot give back " + part + " permits: of this decision " + before + " are left to give back");
        }
        long back = permits - before;
        return back == 0 ? taken : taken.stream().map(one -> one.without(back)).toList();
    }

    @Override
    public String toString() {
        return left + " permits";
    }

    /** What was taken from one limit: its window (of GCRA: the time of one permit) and the reset it answered, in µs. */
    record Taken(RateLimit limit, long window, long reset) {
        /** Before its last permits, each of which has its own time in GCRA; elsewhere all have one. */
        Taken without(long permits) {
            return limit instanceof RateLimit.Smooth ? new Taken(limit, window, reset - permits * window) : this;
        }
    }
}
