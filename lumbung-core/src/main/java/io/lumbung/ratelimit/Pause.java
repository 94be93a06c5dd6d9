package io.lumbung.ratelimit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How a thread waits until permits are there; tests put their own clock here. */
@FunctionalInterface
interface Pause {
    Pause REAL = nanos -> {
        if (new CountDownLatch(1).await(nanos, TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("nobody opens this latch");
        }
    };

    void of(long nanos) throws InterruptedException;
}
