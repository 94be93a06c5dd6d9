package io.lumbung.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All subscriptions of one gateway on one connection of their own. The client library makes them anew after a
 * reconnect; this class tells the listeners when messages may have been missed.
 */
final class PubSub implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.redis");
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private static final int BEATS_BETWEEN_TRIES = 2;

    private final Supplier<CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>>> connect;
    private final Map<String, List<Entry>> channels = new ConcurrentHashMap<>();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean connecting = new AtomicBoolean();
    private volatile @Nullable StatefulRedisPubSubConnection<String, byte[]> connection;
    private volatile @Nullable Link link;
    private volatile boolean closed;
    private int beats;

    /** @param connect opens the connection, with the codec of {@link #codec()} */
    PubSub(Supplier<CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>>> connect) {
        this.connect = connect;
    }

    static RedisCodec<String, byte[]> codec() {
        return CODEC;
    }

    Subscription subscribe(String channel, ChannelListener listener, Deadline deadline) {
        Entry entry = new Entry(channel, listener);
        channels.compute(channel, (name, entries) -> {
            List<Entry> all = entries == null ? new CopyOnWriteArrayList<>() : entries;
            all.add(entry);
            return all;
        });
        StatefulRedisPubSubConnection<String, byte[]> open = connection;
        if (open == null) {
            open();
        } else if (confirmed.contains(channel)) {
            entry.up();
        } else {
            open.async().subscribe(channel);
        }
        entry.awaitUp(deadline);
        return entry;
    }

    /** Heartbeat thread only: watches the link, and tries again to make one. */
    void beat() {
        Link watched = link;
        if (watched != null) {
            watched.watch();
            subscribeMissing();
        } else if (!channels.isEmpty()) {
            open();
        }
    }

    // After a reconnect the client library asks only for what was confirmed before; the rest was asked for in vain.
    private void subscribeMissing() {
        StatefulRedisPubSubConnection<String, byte[]> open = connection;
        if (open == null || !open.isOpen() || ++beats % BEATS_BETWEEN_TRIES != 0) {
            return;
        }
        for (String channel : channels.keySet()) {
            if (!confirmed.contains(channel)) {
                open.async().subscribe(channel);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private void open() {
        if (closed || !connecting.compareAndSet(false, true)) {
            return;
        }
        connect.get().whenComplete((opened, error) -> {
            if (error != null) {
                LOG.debug("cannot open the pub/sub connection yet", error);
            } else if (closed) {
                opened.closeAsync();
            } else {
                opened.addListener(new Messages());
                opened.addListener(new Ups());
                link = new Link(opened);
                connection = opened;
                channels.keySet().forEach(channel -> opened.async().subscribe(channel));
            }
            connecting.set(false);
        });
    }

    private void tell(String channel, Consumer<Entry> what) {
        for (Entry entry : channels.getOrDefault(channel, List.of())) {
            try {
                what.accept(entry);
            } catch (RuntimeException e) {
                LOG.warn("a listener of channel {} failed", channel, e);
            }
        }
    }

    private final class Messages extends RedisPubSubAdapter<String, byte[]> {
        @Override
        public void message(String channel, byte[] message) {
            tell(channel, entry -> entry.listener.message(message));
        }

        @Override
        public void subscribed(String channel, long count) {
            confirmed.add(channel);
            tell(channel, Entry::up);
        }
    }

    private final class Ups implements RedisConnectionStateListener {
        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
            confirmed.clear();
            channels.keySet().forEach(channel -> tell(channel, Entry::down));
        }
    }

    /** One listener on one channel. */
    private final class Entry implements Subscription {
        private final String channel;
        private final ChannelListener listener;
        private final CountDownLatch first = new CountDownLatch(1);
        private final AtomicBoolean up = new AtomicBoolean();

        Entry(String channel, ChannelListener listener) {
            this.channel = channel;
            this.listener = listener;
        }

        void up() {
            if (up.compareAndSet(false, true)) {
                listener.linkUp();
            }
            first.countDown();
        }

        void down() {
            if (up.compareAndSet(true, false)) {
                listener.linkDown();
            }
        }

        void awaitUp(Deadline deadline) {
            try {
                if (!first.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                    LOG.debug("channel {} is not subscribed yet; it will be when Redis answers", channel);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public boolean isUp() {
            return up.get();
        }

        @Override
        public void close() {
            channels.computeIfPresent(channel, (name, entries) -> {
                entries.remove(this);
                if (!entries.isEmpty()) {
                    return entries;
                }
                StatefulRedisPubSubConnection<String, byte[]> open = connection;
                if (open != null) {
                    open.async().unsubscribe(name);
                }
                confirmed.remove(name);
                return null;
            });
        }
    }
}
