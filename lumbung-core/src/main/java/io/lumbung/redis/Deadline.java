package io.lumbung.redis;

import java.time.Duration;

/** A point in time, on this process's monotonic clock, by which a call has ended. Immutable. */
public final class Deadline {
    private final Duration granted;
    private final long end;

    private Deadline(Duration granted) {
        this.granted = granted;
        this.end = System.nanoTime() + granted.toNanos();
    }

    /** The moment {@code granted} from now; zero or less is over at once. */
    public static Deadline in(Duration granted) {
        return new Deadline(granted);
    }

    /** What is left, never negative. */
    public Duration remaining() {
        return Duration.ofNanos(remainingNanos());
    }

    /** What is left in nanoseconds, never negative. */
    public long remainingNanos() {
        return Math.max(0, end - System.nanoTime());
    }

    /** Whether nothing is left. */
    public boolean isOver() {
        return end - System.nanoTime() <= 0;
    }

    /** How much there was at the start. */
    public Duration granted() {
        return granted;
    }
}
