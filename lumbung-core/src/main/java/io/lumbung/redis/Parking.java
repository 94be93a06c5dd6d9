package io.lumbung.redis;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How a thread waits for another one; tests put their own scheduler here. */
@FunctionalInterface
public interface Parking {
    /** By the clock of this machine. */
    Parking REAL = (latch, nanos) -> latch.await(nanos, TimeUnit.NANOSECONDS);

    /** Waits until the latch is open or the time is over; whether it is open. */
    boolean await(CountDownLatch latch, long nanos) throws InterruptedException;
}
