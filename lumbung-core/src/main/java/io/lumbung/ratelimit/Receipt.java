package io.lumbung.ratelimit;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** What one decision took. It can be given back once, in parts if wanted. Thread-safe. */
public final class Receipt {
    static final Receipt NOTHING = new Receipt(0, List.of());

    private final AtomicLong left;
    private final List<Taken> taken;

    private Receipt(long permits, List<Taken> taken) {
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

    List<Taken> taken() {
        return taken;
    }

    /** Reserves {@code permits} for giving them back. */
    void spend(long permits) {
        long before = left.getAndUpdate(now -> now >= permits ? now - permits : now);
        if (before < permits) {
            throw new IllegalArgumentException(
                    "cannot give back " + permits + " permits: of this decision " + before + " are left to give back");
        }
    }

    @Override
    public String toString() {
        return left + " permits";
    }

    /** What was taken from one limit: its window (of GCRA: the time of one permit) and the reset it answered, in µs. */
    record Taken(RateLimit limit, long window, long reset) {}
}
