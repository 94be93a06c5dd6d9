package io.lumbung.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the Sentinels once a second who the master is, and tells when that changed. A master that was paused and woke
 * up after a failover still takes writes for seconds, and all of them are lost: its links must not be kept because they
 * still work.
 */
final class SentinelWatch {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.redis");

    private final RedisClient client;
    private final RedisURI uri;
    private final Runnable moved;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile @Nullable StatefulRedisSentinelConnection<String, String> sentinel;
    private volatile @Nullable String master;

    SentinelWatch(RedisClient client, RedisURI uri, Runnable moved) {
        this.client = client;
        this.uri = uri;
        this.moved = moved;
    }

    /** Heartbeat thread only; never waits. */
    void ask() {
        if (!asking.compareAndSet(false, true)) {
            return;
        }
        StatefulRedisSentinelConnection<String, String> open = sentinel;
        if (open != null && open.isOpen()) {
            askOf(open);
            return;
        }
        if (open != null) {
            sentinel = null;
            open.closeAsync();
        }
        client.connectSentinelAsync(StringCodec.UTF8, uri).whenComplete((opened, error) -> {
            if (error != null) {
                LOG.debug("no Sentinel answers", error);
                asking.set(false);
            } else {
                sentinel = opened;
                askOf(opened);
            }
        });
    }

    private void askOf(StatefulRedisSentinelConnection<String, String> open) {
        open.async()
                .getMasterAddrByName(uri.getSentinelMasterId())
                .toCompletableFuture()
                .orTimeout(1, TimeUnit.SECONDS)
                .whenComplete((address, error) -> {
                    asking.set(false);
                    if (error != null) {
                        LOG.debug("a Sentinel did not say who the master is", error);
                        sentinel = null;
                        open.closeAsync();
                    } else if (address != null) {
                        heard(text(address));
                    }
                });
    }

    private void heard(String address) {
        String before = master;
        master = address;
        if (before != null && !before.equals(address)) {
            LOG.info("the Sentinels moved the master from {} to {}", before, address);
            moved.run();
        }
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getHostString() + ":" + inet.getPort()
                : address.toString();
    }
}
