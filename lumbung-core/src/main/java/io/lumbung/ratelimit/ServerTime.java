package io.lumbung.ratelimit;

import java.util.function.LongSupplier;

/**
 * What this process believes the server's clock to say, from the last time it heard it: enough to name the period of a
 * calendar, which the server then confirms or corrects. This machine's wall clock is never asked. Thread-safe.
 */
final class ServerTime {
    private final LongSupplier nanoTime;
    private volatile long offset;
    private volatile boolean heard;

    ServerTime(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void heard(long serverMicros) {
        offset = serverMicros - nanoTime.getAsLong() / 1000;
        heard = true;
    }

    /** In µs since 1970; 0 before the server was first heard. */
    long micros() {
        return heard ? nanoTime.getAsLong() / 1000 + offset : 0;
    }
}
