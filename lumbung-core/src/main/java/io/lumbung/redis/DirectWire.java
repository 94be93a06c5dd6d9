package io.lumbung.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lumbung.key.StoreKey;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** One server, named by its address or by Sentinels: a few multiplexed connections, a thread keeps to one of them. */
final class DirectWire implements Wire {
    private static final long DISTRUST_AT_MOST = TimeUnit.MILLISECONDS.toNanos(500);

    private final RedisClient client;
    private final RedisURI uri;
    private final Node node;
    private final Runnable relinked;
    private final long quickPingNanos;

    // The last place is the control lane's.
    private final AtomicReferenceArray<@Nullable StatefulRedisConnection<byte[], byte[]>> connections;
    private final AtomicReferenceArray<@Nullable CompletionStage<?>> opening;
    private final Map<StatefulConnection<?, ?>, Link> links = new ConcurrentHashMap<>();
    private final AtomicLong lastDistrust = new AtomicLong(System.nanoTime() - DISTRUST_AT_MOST);
    private volatile boolean closed;

    /** Connects at least one and at most {@code openNow} connections; the others are opened when they are wanted. */
    DirectWire(
            RedisClient client,
            RedisURI uri,
            Node node,
            int size,
            int openNow,
            Runnable relinked,
            long quickPingNanos,
            StatefulRedisConnection<byte[], byte[]> first) {
        this.client = client;
        this.uri = uri;
        this.node = node;
        this.relinked = relinked;
        this.quickPingNanos = quickPingNanos;
        this.connections = new AtomicReferenceArray<>(size + 1);
        this.opening = new AtomicReferenceArray<>(size + 1);
        put(0, first);
        for (int i = 1; i < openNow; i++) {
            open(i);
        }
        open(control());
    }

    @Override
    public Node node(@Nullable StoreKey key) {
        return node;
    }

    @Override
    public void dispatch(WireCommand command, Lane lane, int turn) {
        int wanted = ((lane == Lane.CONTROL ? control() : ThreadPlace.among(control())) + turn) % width(lane);
        StatefulRedisConnection<byte[], byte[]> connection = connections.get(wanted);
        if (connection != null) {
            connection.dispatch(command);
            return;
        }
        open(wanted);
        command.completeExceptionally(new ConnectException("this link to " + node.name() + " is just being made"));
    }

    @Override
    public int width(Lane lane) {
        return lane == Lane.CONTROL ? connections.length() : control();
    }

    @Override
    public void dispatchTo(Node only, WireCommand command) {
        StatefulRedisConnection<byte[], byte[]> connection = anyOpen();
        if (connection == null) {
            command.completeExceptionally(new ConnectException("no link to " + node.name()));
        } else {
            connection.dispatch(command);
        }
    }

    @Override
    public List<Node> masters() {
        return List.of(node);
    }

    @Override
    public boolean isUp() {
        return anyOpen() != null;
    }

    @Override
    public void beat(long count) {
        if (Link.isToBeWatched(count)) {
            links.values().forEach(Link::watch);
        }
        node.probe(anyOpen(), quickPingNanos);
    }

    @Override
    public void distrust(String error) {
        if (!ServerErrors.isReadOnly(error)) {
            return;
        }
        // Many calls hear it at once, and those that hear it last must not cut the links made since.
        long now = System.nanoTime();
        long last = lastDistrust.get();
        if (now - last > DISTRUST_AT_MOST && lastDistrust.compareAndSet(last, now)) {
            relocate();
        }
    }

    /** The master moved: the connections are made anew, to the one the Sentinels name now. */
    void relocate() {
        links.keySet().forEach(Link::cut);
    }

    @Override
    public void close() {
        closed = true;
    }

    private int control() {
        return connections.length() - 1;
    }

    private @Nullable StatefulRedisConnection<byte[], byte[]> anyOpen() {
        for (int i = 0; i < connections.length(); i++) {
            StatefulRedisConnection<byte[], byte[]> connection = connections.get(i);
            if (connection != null && connection.isOpen()) {
                return connection;
            }
        }
        return null;
    }

    private void open(int place) {
        CompletionStage<?> already = opening.get(place);
        if (already != null || closed) {
            return;
        }
        CompletionStage<StatefulRedisConnection<byte[], byte[]>> connecting =
                client.connectAsync(ByteArrayCodec.INSTANCE, uri);
        if (!opening.compareAndSet(place, null, connecting)) {
            connecting.thenAccept(StatefulRedisConnection::closeAsync);
            return;
        }
        connecting.whenComplete((connection, error) -> {
            if (error == null) {
                put(place, connection);
            }
            opening.set(place, null);
        });
    }

    private void put(int place, StatefulRedisConnection<byte[], byte[]> connection) {
        if (closed || !connections.compareAndSet(place, null, connection)) {
            connection.closeAsync();
            return;
        }
        links.put(connection, new Link(connection));
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                node.breaker().linked();
                relinked.run();
            }
        });
        node.breaker().linked();
    }
}
