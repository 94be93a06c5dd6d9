package io.lumbung.embedded;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for something another process does, by looking again and again. */
final class Patience {
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private Patience() {}

    /**
     * Returns once {@code complaint} is empty.
     *
     * @param complaint what is still missing; an exception while looking is a complaint too
     * @throws IllegalStateException with the last complaint after {@code atMost}, or when the thread is interrupted
     */
    static void until(Duration atMost, String what, Supplier<String> complaint) {
        long deadline = System.nanoTime() + atMost.toNanos();
        String last = look(complaint);
        while (!last.isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(what + ": not within " + atMost + "; " + last);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(what + ": interrupted; " + last);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            last = look(complaint);
        }
    }

    private static String look(Supplier<String> complaint) {
        try {
            return complaint.get();
        } catch (RuntimeException e) {
            return e.toString();
        }
    }
}
