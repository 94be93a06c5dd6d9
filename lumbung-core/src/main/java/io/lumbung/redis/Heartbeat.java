package io.lumbung.redis;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A steady beat on a thread of its own; what beats may not block. */
final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.redis");
    static final int BEATS_PER_SECOND = 8;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread beats = new Thread(task, "lumbung-heartbeat");
        beats.setDaemon(true);
        return beats;
    });
    private long count;

    Heartbeat(LongConsumer beat) {
        thread.scheduleAtFixedRate(
                () -> {
                    try {
                        beat.accept(count++);
                    } catch (RuntimeException e) {
                        LOG.warn("a heartbeat failed; the next one follows", e);
                    }
                },
                1000 / BEATS_PER_SECOND,
                1000 / BEATS_PER_SECOND,
                TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
