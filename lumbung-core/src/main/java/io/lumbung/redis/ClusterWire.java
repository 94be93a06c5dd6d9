package io.lumbung.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.models.partitions.Partitions;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lumbung.key.StoreKey;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * A Cluster: the client library routes by slot and follows redirections. Connections to all masters are opened at once
 * and after each change of the topology, because a command for a node without a connection would wait for one.
 */
final class ClusterWire implements Wire {
    private static final long REFRESH_AT_MOST = TimeUnit.MILLISECONDS.toNanos(500);

    private final RedisClusterClient client;
    private final List<StatefulRedisClusterConnection<byte[], byte[]>> data;
    private final StatefulRedisClusterConnection<byte[], byte[]> control;
    private final Function<String, Node> newNode;
    private final long quickPingNanos;
    private final Map<String, Node> nodes = new ConcurrentHashMap<>();
    private final Node any;
    private final Map<StatefulConnection<?, ?>, Link> links = new ConcurrentHashMap<>();
    private final AtomicLong lastRefresh = new AtomicLong(System.nanoTime() - REFRESH_AT_MOST);
    private final Disposable topologyEvents;

    ClusterWire(
            RedisClusterClient client,
            List<StatefulRedisClusterConnection<byte[], byte[]>> data,
            StatefulRedisClusterConnection<byte[], byte[]> control,
            Function<String, Node> newNode,
            Runnable relinked,
            long quickPingNanos) {
        this.client = client;
        this.data = data;
        this.control = control;
        this.newNode = newNode;
        this.any = newNode.apply("any node of the Cluster");
        this.quickPingNanos = quickPingNanos;
        client.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                nodes.values().stream()
                        .filter(node -> isAt(node, address))
                        .forEach(node -> node.breaker().linked());
                relinked.run();
            }
        });
        this.topologyEvents = client.getResources()
                .eventBus()
                .get()
                .ofType(ClusterTopologyChangedEvent.class)
                .subscribe(event -> openAll());
    }

    /** Opens the connections to all masters; complete when they are open. */
    CompletableFuture<Void> openAll() {
        return CompletableFuture.allOf(masterNodes().stream()
                .flatMap(master -> connections().map(connection -> connect(connection, master)))
                .toArray(CompletableFuture[]::new));
    }

    @Override
    public @Nullable Node node(@Nullable StoreKey key) {
        if (key == null) {
            return any;
        }
        RedisClusterNode master = client.getPartitions().getMasterBySlot(SlotHash.getSlot(key.bytes()));
        return master == null ? null : known(master);
    }

    @Override
    public void dispatch(WireCommand command, Lane lane, int turn) {
        try {
            connection(lane, turn).dispatch(command);
        } catch (RuntimeException e) {
            command.completeExceptionally(e);
        }
    }

    @Override
    public int width(Lane lane) {
        return lane == Lane.CONTROL ? data.size() + 1 : data.size();
    }

    @Override
    public void dispatchTo(Node node, WireCommand command) {
        RedisClusterNode master = masterNodes().stream()
                .filter(candidate -> known(candidate) == node)
                .findFirst()
                .orElse(null);
        if (master == null) {
            command.completeExceptionally(new ConnectException(node.name() + " is not a master any more"));
            return;
        }
        connect(control, master).whenComplete((connection, error) -> {
            if (error != null) {
                command.completeExceptionally(error);
            } else {
                connection.dispatch(command);
            }
        });
    }

    @Override
    public List<Node> masters() {
        return masterNodes().stream().map(this::known).toList();
    }

    @Override
    public boolean isUp() {
        List<RedisClusterNode> masters = masterNodes();
        return !masters.isEmpty()
                && masters.stream().mapToInt(master -> master.getSlots().size()).sum() == SlotHash.SLOT_COUNT
                && masters.stream().allMatch(master -> openLink(master) != null);
    }

    @Override
    public void beat(long count) {
        links.keySet().removeIf(connection -> ((RedisChannelHandler<?, ?>) connection).isClosed());
        if (Link.isToBeWatched(count)) {
            links.values().forEach(Link::watch);
        }
        StatefulRedisConnection<byte[], byte[]> some = null;
        for (RedisClusterNode master : masterNodes()) {
            StatefulRedisConnection<byte[], byte[]> link = openLink(master);
            known(master).probe(link, quickPingNanos);
            some = link == null ? some : link;
        }
        any.probe(some, quickPingNanos);
    }

    @Override
    public void distrust(String error) {
        long now = System.nanoTime();
        long last = lastRefresh.get();
        if (now - last > REFRESH_AT_MOST && lastRefresh.compareAndSet(last, now)) {
            client.refreshPartitionsAsync();
        }
    }

    @Override
    public void close() {
        topologyEvents.dispose();
    }

    private Stream<StatefulRedisClusterConnection<byte[], byte[]>> connections() {
        return Stream.concat(data.stream(), Stream.of(control));
    }

    private StatefulRedisClusterConnection<byte[], byte[]> connection(Lane lane, int turn) {
        int place = ((lane == Lane.CONTROL ? data.size() : ThreadPlace.among(data.size())) + turn) % width(lane);
        return place == data.size() ? control : data.get(place);
    }

    private static boolean isAt(Node node, SocketAddress address) {
        return address instanceof InetSocketAddress inet
                && node.name().equals(inet.getHostString() + ":" + inet.getPort());
    }

    private List<RedisClusterNode> masterNodes() {
        Partitions partitions = client.getPartitions();
        return partitions.stream()
                .filter(node -> node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots())
                .toList();
    }

    private Node known(RedisClusterNode node) {
        String address = node.getUri().getHost() + ":" + node.getUri().getPort();
        Node known = nodes.get(address);
        return known != null ? known : nodes.computeIfAbsent(address, newNode);
    }

    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connect(
            StatefulRedisClusterConnection<byte[], byte[]> connection, RedisClusterNode master) {
        return connection
                .getConnectionAsync(master.getUri().getHost(), master.getUri().getPort())
                .whenComplete((link, error) -> {
                    if (error == null) {
                        links.computeIfAbsent(link, Link::new);
                    }
                });
    }

    private @Nullable StatefulRedisConnection<byte[], byte[]> openLink(RedisClusterNode master) {
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> link = connect(control, master);
        boolean open =
                link.isDone() && !link.isCompletedExceptionally() && link.join().isOpen();
        return open ? link.join() : null;
    }
}
