package io.lumbung.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisChannelWriter;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.protocol.DefaultEndpoint;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection under watch. TCP tells nothing of a peer that is gone without a word, so the heartbeat sends PINGs;
 * a link that left one unanswered for too long is cut, which fails what waits on it and starts the reconnecting.
 */
final class Link {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.redis");
    private static final long LONGEST_SILENCE = TimeUnit.MILLISECONDS.toNanos(1500);

    private final StatefulConnection<?, ?> connection;
    private @Nullable WireCommand ping;
    private long pingSent;

    Link(StatefulConnection<?, ?> connection) {
        this.connection = connection;
    }

    StatefulConnection<?, ?> connection() {
        return connection;
    }

    /** Twice a second is enough: a link that falls silent is cut within two seconds. */
    static boolean isToBeWatched(long beat) {
        return beat % (Heartbeat.BEATS_PER_SECOND / 2) == 0;
    }

    /** Heartbeat thread only. */
    void watch() {
        if (!connection.isOpen()) {
            ping = null;
            return;
        }
        WireCommand last = ping;
        if (last == null || last.isDone()) {
            WireCommand next = WireCommand.bare("PING");
            ping = next;
            pingSent = System.nanoTime();
            // By the writer, not by the connection: on a Cluster the connection would pick a node of its own.
            writer(connection).write(next);
        } else if (System.nanoTime() - pingSent > LONGEST_SILENCE) {
            LOG.debug("cutting a link that left a PING unanswered");
            ping = null;
            cut(connection);
        }
    }

    /** Closes the socket under {@code connection}; it is then made anew, to the address that is right by then. */
    static void cut(StatefulConnection<?, ?> connection) {
        if (writer(connection) instanceof DefaultEndpoint endpoint) {
            endpoint.disconnect();
        }
    }

    private static RedisChannelWriter writer(StatefulConnection<?, ?> connection) {
        return ((RedisChannelHandler<?, ?>) connection).getChannelWriter();
    }
}
