package io.lumbung.ratelimit;

import io.lumbung.error.StoreException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says that limits are decided without Redis, once per outage; never per call. An outage is over when an answer comes and
 * nothing has failed for {@link #QUIET}: one dead node of a Cluster, or one key that cannot be read, is one outage however
 * many other answers come in between.
 */
final class LimiterOutage {
    static final Duration QUIET = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger("io.lumbung.ratelimit");

    private final LongSupplier nanoTime;
    private final AtomicBoolean on = new AtomicBoolean();
    private volatile long lastFailure;

    LimiterOutage(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void failed(StoreException failure) {
        if (Thread.currentThread().isInterrupted()) {
            // Says nothing about Redis.
            return;
        }
        lastFailure = nanoTime.getAsLong();
        if (!on.get() && on.compareAndSet(false, true)) {
            log.error("rate limits are decided without Redis: {}", failure.getMessage());
        }
    }

    void answered() {
        if (on.get() && nanoTime.getAsLong() - lastFailure >= QUIET.toNanos() && on.compareAndSet(true, false)) {
            log.info("rate limits are decided by Redis again");
        }
    }
}
