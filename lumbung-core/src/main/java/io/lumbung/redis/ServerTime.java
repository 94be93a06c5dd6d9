package io.lumbung.redis;

import java.util.function.LongSupplier;

/**
 * What this process believes the server's clock to say, from the last time it heard it: enough to guess which period of a
 * calendar it is, or whether something is due, and never enough to decide what is stored. This machine's wall clock is
 * not asked. Thread-safe.
 */
public final class ServerTime {
    private final LongSupplier nanoTime;
    private volatile long offset;
    private volatile boolean heard;

    /** Not heard yet. */
    public ServerTime(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The server just said this, in µs since 1970. */
    public void heard(long serverMicros) {
        offset = serverMicros - nanoTime.getAsLong() / 1000;
        heard = true;
    }

    /** In µs since 1970; 0 before the server was first heard. */
    public long micros() {
        return heard ? nanoTime.getAsLong() / 1000 + offset : 0;
    }
}
