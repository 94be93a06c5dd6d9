package io.lumbung.ratelimit;

import io.lumbung.error.StoreException;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Lane;
import io.lumbung.redis.Reply;
import io.lumbung.redis.Script;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many instances would share limits if Redis went down now: each says every few seconds that it is alive, and is
 * counted until it has been silent three times. Only runs once somebody needs it. Thread-safe.
 */
final class Instances implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.ratelimit");
    private static final Script<Long> ALIVE = Script.load(Instances.class, "instances.lua", Reply::number);
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Kernel kernel;
    private final Duration beat;
    private final StoreKey key;
    private final String name = UUID.randomUUID().toString();
    private volatile long alive = 1;
    private @Nullable Future<?> beating;

    Instances(Kernel kernel, Duration beat) {
        this.kernel = kernel;
        this.beat = beat;
        this.key = kernel.keys().rateLimitInstances();
    }

    /** From now on counts, and is counted. */
    synchronized void start() {
        if (beating == null) {
            beating = kernel.timer().scheduleAtFixedRate(this::beat, 0, beat.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** How many were alive when Redis last answered; 1 before it did. */
    long alive() {
        return alive;
    }

    private void beat() {
        try {
            kernel.worker().execute(this::count);
        } catch (RejectedExecutionException e) {
            log.debug("not counted among the instances: closing");
        }
    }

    private void count() {
        try {
            alive = kernel.state()
                    .call(
                            ALIVE.on("ratelimit.instances", List.of(key), name, beat.toNanos() / 1000 * 3)
                                    .repeatable()
                                    .via(Lane.CONTROL),
                            Deadline.in(PATIENCE));
        } catch (StoreException e) {
            log.debug("not counted among the instances", e);
        } catch (IllegalStateException e) {
            log.debug("not counted among the instances: closed");
        }
    }

    @Override
    public synchronized void close() {
        if (beating != null) {
            beating.cancel(false);
        }
    }
}
