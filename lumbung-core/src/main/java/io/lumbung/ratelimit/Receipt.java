package io.lumbung.ratelimit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What one decision took. It can be given back once, in parts if wanted. Thread-safe. */
public final class Receipt {
    static final Receipt NOTHING = new Receipt(0, List.of(), new long[0], null);

    private final long permits;
    private final AtomicLong left;
    private final List<RateLimit> limits;
    private final long[] resets;
    private final @Nullable LongConsumer share;

    private Receipt(long permits, List<RateLimit> limits, long[] resets, @Nullable LongConsumer share) {
        this.permits = permits;
        this.left = new AtomicLong(permits);
        this.limits = limits;
        this.resets = resets;
        this.share = share;
    }

    /** @param resets what each limit answered, in µs */
    static Receipt of(long permits, List<RateLimit> limits, long[] resets) {
        return new Receipt(permits, limits, resets, null);
    }

    /** @param share gives permits back to this process's share of a limit, see {@link WhenDown#LOCAL} */
    static Receipt ofShare(long permits, LongConsumer share) {
        return new Receipt(permits, List.of(), new long[0], share);
    }

    /** Gives {@code part} back if it was this process's own to give; whether it was. */
    boolean returnToShare(long part) {
        if (share == null) {
            return false;
        }
        spend(part);
        share.accept(part);
        return true;
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
        List<Taken> taken = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            taken.add(Taken.of(limits.get(i), resets[i]).without(permits - before));
        }
        return taken;
    }

    /** Takes back a reservation: what it was for was not done. */
    void keep(long part) {
        left.addAndGet(part);
    }

    @Override
    public String toString() {
        return left + " permits";
    }

    /** What was taken from one limit: its window (of GCRA: the time of one permit) and the reset it answered, in µs. */
    record Taken(RateLimit limit, long window, long reset) {
        static Taken of(RateLimit limit, long reset) {
            long window = limit instanceof RateLimit.Smooth smooth
                    ? smooth.everyMicros()
                    : LimitChecks.micros(limit.window());
            return new Taken(limit, window, reset);
        }

        /** Before its last permits, each of which has its own time in GCRA; elsewhere all have one. */
        Taken without(long permits) {
            return limit instanceof RateLimit.Smooth ? new Taken(limit, window, reset - permits * window) : this;
        }
    }
}
