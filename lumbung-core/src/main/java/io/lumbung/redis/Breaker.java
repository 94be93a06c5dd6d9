package io.lumbung.redis;

import io.lumbung.observe.Observation.BreakerState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * The circuit breaker of one node. It opens after three calls in a row that the node left unanswered or could not
 * serve. While it is open nobody waits: calls are refused at once, and the heartbeat asks the node with PING. Two
 * quick answers in a row let one real call through; that call decides.
 *
 * <p>Hysteresis: a PING counts as quick only within half of the shortest deadline, so a node that is slower than the
 * deadlines keeps the circuit open instead of making it flap. Thread-safe, without locks.
 */
final class Breaker {
    private static final int FAILURES_TO_OPEN = 3;
    private static final int PINGS_TO_TRY = 2;
    private static final long NOBODY = 0;
    // A try whose reply nobody ever waits for must not keep the circuit half open for good.
    private static final long LONGEST_TRY = TimeUnit.SECONDS.toNanos(1);

    private final AtomicReference<BreakerState> state = new AtomicReference<>(BreakerState.CLOSED);
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger quickPings = new AtomicInteger();
    private final AtomicLong tryEnds = new AtomicLong(NOBODY);
    private final Consumer<BreakerState> changed;

    Breaker(Consumer<BreakerState> changed) {
        this.changed = changed;
    }

    BreakerState state() {
        return state.get();
    }

    /** Whether calls may be sent, one at a time at least. */
    boolean isUsable() {
        return state.get() != BreakerState.OPEN;
    }

    /** Whether a call may be sent now; in the half-open state only one at a time may. */
    boolean permits() {
        BreakerState now = state.get();
        if (now == BreakerState.CLOSED) {
            return true;
        }
        return now == BreakerState.HALF_OPEN && mayTry(System.nanoTime());
    }

    private boolean mayTry(long now) {
        long ends = tryEnds.get();
        return (ends == NOBODY || now - ends > 0) && tryEnds.compareAndSet(ends, now + LONGEST_TRY);
    }

    /** A call was answered, whatever the answer. */
    void succeeded() {
        if (failures.get() != 0) {
            failures.set(0);
        }
        if (state.get() != BreakerState.CLOSED && state.compareAndSet(BreakerState.HALF_OPEN, BreakerState.CLOSED)) {
            tryEnds.set(NOBODY);
            changed.accept(BreakerState.CLOSED);
        }
    }

    /** A call was not answered in time, or the node said that it cannot serve. */
    void failed() {
        if (state.get() == BreakerState.HALF_OPEN) {
            open(BreakerState.HALF_OPEN);
        } else if (failures.incrementAndGet() >= FAILURES_TO_OPEN) {
            open(BreakerState.CLOSED);
        }
    }

    /** A permitted call ended without telling anything about the node. */
    void abandoned() {
        tryEnds.set(NOBODY);
    }

    /** A PING sent while the circuit was open was answered, or not, in time. */
    void pinged(boolean quick) {
        if (!quick) {
            quickPings.set(0);
        } else if (quickPings.incrementAndGet() >= PINGS_TO_TRY) {
            halfOpen();
        }
    }

    /** A new link was made, so the node answered a handshake: one quick PING is now enough, but still needed. */
    void linked() {
        quickPings.set(PINGS_TO_TRY - 1);
    }

    private void halfOpen() {
        tryEnds.set(NOBODY);
        if (state.compareAndSet(BreakerState.OPEN, BreakerState.HALF_OPEN)) {
            changed.accept(BreakerState.HALF_OPEN);
        }
    }

    private void open(BreakerState from) {
        quickPings.set(0);
        failures.set(0);
        if (state.compareAndSet(from, BreakerState.OPEN)) {
            tryEnds.set(NOBODY);
            changed.accept(BreakerState.OPEN);
        }
    }
}
