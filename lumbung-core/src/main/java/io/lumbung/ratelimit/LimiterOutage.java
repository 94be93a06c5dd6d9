package io.lumbung.ratelimit;

import io.lumbung.error.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that limits are decided without Redis, once per outage; never per call. */
final class LimiterOutage {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.ratelimit");

    private volatile boolean on;

    void failed(StoreException failure) {
        if (on || Thread.currentThread().isInterrupted()) {
            return;
        }
        synchronized (this) {
            if (on) {
                return;
            }
            on = true;
        }
        log.error("rate limits are decided without Redis: {}", failure.getMessage());
    }

    void answered() {
        if (on) {
            on = false;
            log.info("rate limits are decided by Redis again");
        }
    }
}
