package io.lumbung.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lumbung.config.RedisConfig;
import io.lumbung.config.RedisMode;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.observe.Observer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway over Lettuce: connects, holds the {@link Wire}, and hands each command to an {@link Exchange}. */
final class LettuceGateway implements Gateway {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.redis");

    private final RedisConfig config;
    private final long quickPingNanos;
    private final Observer observer;
    private final Executor worker;
    private final Clock clock;
    private final ClientResources resources = Clients.resources();
    private final List<AutoCloseable> clients = new CopyOnWriteArrayList<>();
    private final List<Runnable> recoveries = new CopyOnWriteArrayList<>();
    private final AtomicBoolean connecting = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final PubSub pubSub;
    private volatile @Nullable Wire wire;
    private volatile @Nullable SentinelWatch sentinels;
    private volatile @Nullable Instant connectedAt;
    private volatile @Nullable Supplier<CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>>>
            pubSubConnect;
    private @Nullable Heartbeat heartbeat;

    private LettuceGateway(RedisConfig config, Duration quick, Observer observer, Executor worker, Clock clock) {
        this.config = config;
        this.quickPingNanos = quick.toNanos() / 2;
        this.observer = quiet(observer);
        this.worker = worker;
        this.clock = clock;
        this.pubSub = new PubSub(this::connectPubSub);
    }

    static LettuceGateway connect(RedisConfig config, Duration quick, Observer observer, Executor worker, Clock clock) {
        LettuceGateway gateway = new LettuceGateway(config, quick, observer, worker, clock);
        try {
            gateway.start();
            return gateway;
        } catch (RuntimeException e) {
            gateway.end();
            throw e;
        }
    }

    private void start() {
        try {
            open(Deadline.in(config.startTimeout()));
        } catch (StoreUnavailableException e) {
            if (config.requiredAtStart()) {
                throw e;
            }
            LOG.warn("{}; starting without it, and trying again in the background", e.getMessage());
        }
        heartbeat = new Heartbeat(this::beat);
    }

    @Override
    public String address() {
        return config.address();
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        return send(null, command, deadline);
    }

    @Override
    public <T> Pending<T> sendTo(String master, Command<T> command, Deadline deadline) {
        Wire open = openWire();
        Node node = open == null
                ? null
                : open.masters().stream()
                        .filter(candidate -> candidate.name().equals(master))
                        .findFirst()
                        .orElse(null);
        if (open == null || node == null) {
            return failed(command, master + " is not a known master");
        }
        return send(node, command, deadline);
    }

    private <T> Pending<T> send(@Nullable Node only, Command<T> command, Deadline deadline) {
        Wire open = openWire();
        if (open == null) {
            return failed(command, "not connected to Redis at " + config.address() + " yet");
        }
        return new Exchange<>(open, command, deadline, only, config.maxRetries(), observer).send();
    }

    private static <T> Pending<T> failed(Command<T> command, String seen) {
        return () -> {
            throw new StoreUnavailableException(command.operation(), command.keyText(), seen, null);
        };
    }

    @Override
    public void scan(String glob, Duration deadline, Consumer<List<String>> batch) {
        for (String master : masters()) {
            String cursor = "0";
            do {
                Command<List<Reply>> scan =
                        Command.plain("redis.scan", "SCAN", Reply::list, cursor, "MATCH", glob, "COUNT", 100);
                List<Reply> page =
                        sendTo(master, scan.repeatable(), Deadline.in(deadline)).await();
                cursor = page.get(0).text();
                List<String> keys = page.get(1).texts().toList();
                if (!keys.isEmpty()) {
                    batch.accept(keys);
                }
            } while (!cursor.equals("0"));
        }
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener, Deadline deadline) {
        requireOpen();
        return pubSub.subscribe(channel, listener, deadline);
    }

    @Override
    public long publish(String channel, byte[] message, Deadline deadline) {
        return call(
                Command.plain("redis.publish", "PUBLISH", Reply::number, channel, message)
                        .via(Lane.CONTROL),
                deadline);
    }

    @Override
    public boolean available() {
        Wire open = wire;
        return !closed.get()
                && open != null
                && open.isUp()
                && open.masters().stream().allMatch(node -> node.breaker().isUsable());
    }

    @Override
    public void onRecovery(Runnable task) {
        recoveries.add(task);
    }

    @Override
    public List<String> masters() {
        Wire open = openWire();
        return open == null
                ? List.of()
                : open.masters().stream().map(Node::name).toList();
    }

    @Override
    public Duration ping(Deadline deadline) {
        Command<String> ping = Command.plain("redis.ping", "PING", Reply::text).via(Lane.CONTROL);
        long sent = System.nanoTime();
        List<Pending<String>> pongs =
                masters().stream().map(master -> sendTo(master, ping, deadline)).toList();
        if (pongs.isEmpty()) {
            call(ping, deadline);
        }
        pongs.forEach(Pending::await);
        return Duration.ofNanos(System.nanoTime() - sent);
    }

    @Override
    public Optional<Instant> connectedAt() {
        return Optional.ofNullable(connectedAt);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            LOG.info("closing redis connection");
            end();
        }
    }

    private void end() {
        closed.set(true);
        if (heartbeat != null) {
            heartbeat.close();
        }
        pubSub.close();
        Wire open = wire;
        if (open != null) {
            open.close();
        }
        // A client closes the connections it made.
        for (AutoCloseable client : clients) {
            try {
                client.close();
            } catch (Exception e) {
                LOG.debug("a client did not close cleanly", e);
            }
        }
        resources.shutdown(0, 1, TimeUnit.SECONDS);
    }

    private void beat(long count) {
        Wire open = wire;
        if (open == null) {
            openLater();
            return;
        }
        open.beat(count);
        if (Link.isToBeWatched(count)) {
            pubSub.beat();
        }
        SentinelWatch watch = sentinels;
        if (watch != null && count % Heartbeat.BEATS_PER_SECOND == 0) {
            watch.ask();
        }
    }

    // Connecting waits, so it is not the heartbeat's own work.
    private void openLater() {
        if (!connecting.compareAndSet(false, true)) {
            return;
        }
        try {
            worker.execute(() -> {
                try {
                    open(Deadline.in(config.startTimeout()));
                    recovered();
                } catch (StoreUnavailableException e) {
                    LOG.debug("still not connected", e);
                } finally {
                    connecting.set(false);
                }
            });
        } catch (RejectedExecutionException e) {
            connecting.set(false);
        }
    }

    private void open(Deadline deadline) {
        RedisClient direct = Clients.direct(resources, config);
        clients.add(direct);
        try {
            if (config.mode() == RedisMode.CLUSTER) {
                openCluster(deadline);
                return;
            }
            RedisURI uri = Clients.uri(config);
            StatefulRedisConnection<byte[], byte[]> first =
                    awaited(direct.connectAsync(ByteArrayCodec.INSTANCE, uri), deadline);
            if (config.mode() == RedisMode.AUTO && isCluster(first, deadline)) {
                first.closeAsync();
                openCluster(deadline);
            } else {
                openDirect(direct, uri, first, deadline);
            }
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw notConnected(cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notConnected(e);
        } finally {
            if (wire == null || !(wire instanceof DirectWire)) {
                clients.remove(direct);
                direct.shutdownAsync();
            }
        }
    }

    private void openDirect(
            RedisClient client, RedisURI uri, StatefulRedisConnection<byte[], byte[]> first, Deadline deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        WireCommand ping = WireCommand.bare("PING");
        first.dispatch(ping);
        awaited(ping, deadline);
        Node node = node(config.address());
        int size = connectionCount();
        pubSubConnect = () -> client.connectPubSubAsync(PubSub.codec(), uri);
        DirectWire opened = new DirectWire(
                client, uri, node, size, Math.min(size, config.minIdleConns()), this::recovered, quickPingNanos, first);
        if (config.mode() == RedisMode.SENTINEL) {
            sentinels = new SentinelWatch(client, uri, opened::relocate);
        }
        connected(opened);
    }

    private void openCluster(Deadline deadline) throws InterruptedException, ExecutionException, TimeoutException {
        RedisClusterClient client = Clients.cluster(resources, config);
        List<StatefulRedisClusterConnection<byte[], byte[]>> data = new ArrayList<>();
        clients.add(client);
        try {
            awaited(client.refreshPartitionsAsync(), deadline);
            for (int i = 0; i < connectionCount(); i++) {
                data.add(awaited(client.connectAsync(ByteArrayCodec.INSTANCE), deadline));
            }
            StatefulRedisClusterConnection<byte[], byte[]> control =
                    awaited(client.connectAsync(ByteArrayCodec.INSTANCE), deadline);
            ClusterWire opened = new ClusterWire(client, data, control, this::node, this::recovered, quickPingNanos);
            awaited(opened.openAll(), deadline);
            WireCommand ping = WireCommand.bare("PING");
            control.dispatch(ping);
            awaited(ping, deadline);
            pubSubConnect = () -> client.connectPubSubAsync(PubSub.codec());
            connected(opened);
        } finally {
            if (wire == null) {
                clients.remove(client);
                client.shutdownAsync();
            }
        }
    }

    private void connected(Wire opened) {
        if (closed.get()) {
            opened.close();
            return;
        }
        wire = opened;
        connectedAt = clock.instant();
        LOG.info(
                "redis connection established: host {}, port {}, db {}, pool size {}",
                config.host(),
                config.port(),
                config.db(),
                config.poolSize());
    }

    private int connectionCount() {
        return Math.min(config.poolSize(), 2 * Runtime.getRuntime().availableProcessors());
    }

    private boolean isCluster(StatefulRedisConnection<byte[], byte[]> connection, Deadline deadline)
            throws InterruptedException, TimeoutException {
        WireCommand info = WireCommand.bare("INFO", "cluster");
        connection.dispatch(info);
        try {
            Object reply = awaited(info, deadline);
            return reply instanceof byte[] && new Reply(reply).text().contains("cluster_enabled:1");
        } catch (ExecutionException e) {
            LOG.debug("the server does not say whether it is a Cluster; taking it for a single one", e);
            return false;
        }
    }

    private CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>> connectPubSub() {
        Supplier<CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>>> connect = pubSubConnect;
        return connect == null
                ? CompletableFuture.failedFuture(new IllegalStateException("not connected yet"))
                : connect.get();
    }

    private Node node(String name) {
        return new Node(name, observer, this::nodeFell, this::recovered);
    }

    private void nodeFell() {
        Wire open = wire;
        if (open != null) {
            open.distrust("");
        }
    }

    private void recovered() {
        connectedAt = clock.instant();
        for (Runnable task : recoveries) {
            try {
                worker.execute(task);
            } catch (RejectedExecutionException e) {
                LOG.debug("no recovery any more: shutting down", e);
            }
        }
    }

    private StoreUnavailableException notConnected(Throwable cause) {
        return new StoreUnavailableException(
                "connect",
                "",
                "failed to connect to Redis at " + config.address() + ": " + reason(cause)
                        + "; start it there, or set REDIS_URL (or REDIS_HOST and REDIS_PORT) to where it is",
                cause);
    }

    @SuppressWarnings("ReferenceEquality")
    private static String reason(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    private static <T extends @Nullable Object> T awaited(CompletionStage<T> stage, Deadline deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }

    /** The connections, for tests. */
    Wire wire() {
        return Objects.requireNonNull(wire, "not connected yet");
    }

    private @Nullable Wire openWire() {
        requireOpen();
        return wire;
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("Redis not connected");
        }
    }

    // Measuring must not break what is measured.
    @SuppressWarnings("ReferenceEquality")
    private static Observer quiet(Observer observer) {
        return observer == Observer.NONE
                ? observer
                : observation -> {
                    try {
                        observer.observe(observation);
                    } catch (RuntimeException e) {
                        LOG.debug("an observer failed", e);
                    }
                };
    }
}
