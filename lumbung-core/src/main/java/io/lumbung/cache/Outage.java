package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.redis.Deadline;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that reads fall back to their source, once per outage and at most every ten seconds; never per call. */
final class Outage {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.cache");
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final AtomicReference<@Nullable Deadline> quiet = new AtomicReference<>();
    private volatile boolean on;

    void failed(StoreException failure) {
        if (Thread.currentThread().isInterrupted()) {
            // Says nothing about Redis.
            return;
        }
        Deadline until = quiet.get();
        if (on && until != null) {
            return;
        }
        on = true;
        if ((until == null || until.isOver()) && quiet.compareAndSet(until, Deadline.in(QUIET))) {
            log.warn("falling back to the source: {}", failure.getMessage());
        }
    }

    void answered() {
        if (on) {
            on = false;
        }
    }
}
