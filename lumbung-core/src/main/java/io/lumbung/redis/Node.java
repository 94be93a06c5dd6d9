package io.lumbung.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this process knows of one server: its circuit, and whether its last PING came back. */
final class Node {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.redis");

    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(2);

    private final String name;
    private final Breaker breaker;
    private @Nullable WireCommand ping;
    private long pingSent;
    private volatile long pongAfter;

    Node(String name, Observer observer, Runnable opened, Runnable recovered) {
        this.name = name;
        this.breaker = new Breaker(state -> {
            switch (state) {
                case OPEN -> {
                    LOG.warn("{} does not answer: calls to it fail at once until it answers PING again", name);
                    opened.run();
                }
                case HALF_OPEN -> LOG.debug("{} answers PING again: trying one call", name);
                case CLOSED -> {
                    LOG.info("{} answers again", name);
                    recovered.run();
                }
            }
            observer.observe(new Observation.BreakerChange(name, state));
        });
    }

    /** {@code host:port}, or what stands for it while the address is not known. */
    String name() {
        return name;
    }

    Breaker breaker() {
        return breaker;
    }

    /** While the circuit is open: takes note of the last PING's answer and sends the next. Heartbeat thread only. */
    void probe(@Nullable StatefulRedisConnection<byte[], byte[]> connection, long quickNanos) {
        if (breaker.state() != Observation.BreakerState.OPEN) {
            ping = null;
            return;
        }
        WireCommand last = ping;
        if (last != null) {
            breaker.pinged(pongAfter <= quickNanos);
            if (!last.isDone() && System.nanoTime() - pingSent < LONGEST_WAIT) {
                return;
            }
        }
        ping = null;
        if (breaker.state() == Observation.BreakerState.OPEN && connection != null && connection.isOpen()) {
            WireCommand next = WireCommand.bare("PING");
            long sent = System.nanoTime();
            pingSent = sent;
            pongAfter = Long.MAX_VALUE;
            ping = next;
            next.whenComplete((pong, error) -> pongAfter = error == null ? System.nanoTime() - sent : Long.MAX_VALUE);
            connection.dispatch(next);
        }
    }
}
