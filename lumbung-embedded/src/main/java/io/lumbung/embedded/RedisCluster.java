package io.lumbung.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A Redis Cluster of three masters and three replicas, each a {@link RedisServer} of its own, for tests.
 *
 * <p>{@code start()} returns when every node says the cluster is ok, knows all six, and every replica follows its master:
 * two to three seconds. Nodes 0 to 2 start as masters, nodes 3 to 5 as their replicas. Safe to use from any thread.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration READY = Duration.ofSeconds(60);

    private final List<RedisServer> nodes;
    private final List<Integer> announcedPorts;

    private RedisCluster(List<RedisServer> nodes, List<Integer> announcedPorts) {
        this.nodes = List.copyOf(nodes);
        this.announcedPorts = List.copyOf(announcedPorts);
    }

    /** Starts a cluster on free ports without a password. */
    public static RedisCluster start() {
        return builder().start();
    }

    /** A cluster to be described first. */
    public static Builder builder() {
        return new Builder();
    }

    /** All six, in the order in which they were started, dead ones included. */
    public List<RedisServer> nodes() {
        return nodes;
    }

    /** Those that serve slots now, in the order of their slots, by the word of a node that is up and not cut off. */
    public List<RedisServer> masters() {
        return slotOwners().stream().map(Owner::node).distinct().toList();
    }

    /** Those that are not {@link #masters()}, dead ones included. */
    public List<RedisServer> replicas() {
        List<RedisServer> masters = masters();
        return nodes.stream().filter(node -> !masters.contains(node)).toList();
    }

    /** The master that serves {@code key} now. */
    public RedisServer masterOf(String key) {
        long slot = number(witness().command("CLUSTER", "KEYSLOT", key));
        return slotOwners().stream()
                .filter(owner -> owner.first <= slot && slot <= owner.last)
                .map(Owner::node)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody serves slot " + slot));
    }

    /** Where a client may start, password included: the first node that lives. */
    public String url() {
        return urls().get(nodes.indexOf(witness()));
    }

    /** Where a client reaches each node, in the order of {@link #nodes()}: at the port the node announces. */
    public List<String> urls() {
        return IntStream.range(0, nodes.size())
                .mapToObj(i -> nodes.get(i).urlAt(announcedPorts.get(i)))
                .toList();
    }

    /**
     * Waits until every living node agrees that all slots are served and every living replica follows its master.
     *
     * @throws IllegalStateException if that takes more than a minute; the message says what is missing
     */
    public void awaitHealthy() {
        Patience.until(READY, "the cluster is not healthy", () -> {
            for (RedisServer node : nodes) {
                if (node.isAlive()) {
                    String complaint = complaintOf(node);
                    if (!complaint.isEmpty()) {
                        return complaint;
                    }
                }
            }
            return "";
        });
    }

    /** Ends all nodes and removes their folders. Idempotent. */
    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }

    private record Owner(long first, long last, RedisServer node) {}

    private List<Owner> slotOwners() {
        List<Owner> owners = new ArrayList<>();
        for (Object range : list(witness().command("CLUSTER", "SLOTS"))) {
            List<?> parts = list(range);
            RedisServer node = nodeAt(number(list(parts.get(2)).get(1)));
            owners.add(new Owner(number(parts.get(0)), number(parts.get(1)), node));
        }
        owners.sort((a, b) -> Long.compare(a.first, b.first));
        return owners;
    }

    private RedisServer nodeAt(long port) {
        int n = announcedPorts.indexOf(Math.toIntExact(port));
        if (n < 0) {
            throw new IllegalStateException("no node of ours announces port " + port);
        }
        return nodes.get(n);
    }

    /** A node that answers and that the cluster listens to. */
    private RedisServer witness() {
        String seen = "";
        for (RedisServer node : nodes) {
            if (node.isAlive()) {
                try (RespConnection connection = node.connect()) {
                    connection.timeout(Duration.ofMillis(500));
                    seen = String.valueOf(connection.command("CLUSTER", "INFO"));
                    if (seen.contains("cluster_state:ok")) {
                        return node;
                    }
                } catch (RuntimeException e) {
                    seen = e.toString();
                }
            }
        }
        throw new IllegalStateException("no node says that the cluster is ok; the last said: " + seen);
    }

    private String complaintOf(RedisServer node) {
        try (RespConnection connection = node.connect()) {
            connection.timeout(Duration.ofSeconds(1));
            String state = String.valueOf(connection.command("CLUSTER", "INFO"));
            if (!state.contains("cluster_state:ok") || !state.contains("cluster_slots_ok:" + SLOTS)) {
                return node + " says " + state.lines().limit(3).toList();
            }
            String replication = String.valueOf(connection.command("INFO", "replication"));
            if (replication.contains("role:slave") && !replication.contains("master_link_status:up")) {
                return node + " does not follow its master yet";
            }
            Set<Long> known = new LinkedHashSet<>();
            for (Object range : list(connection.command("CLUSTER", "SLOTS"))) {
                List<?> parts = list(range);
                parts.subList(2, parts.size())
                        .forEach(member -> known.add(number(list(member).get(1))));
            }
            long unknown = IntStream.range(0, nodes.size())
                    .filter(i -> nodes.get(i).isAlive() && !known.contains((long) announcedPorts.get(i)))
                    .count();
            return unknown == 0 ? "" : node + " lacks " + unknown + " of the others in CLUSTER SLOTS";
        }
    }

    private void form() {
        for (int i = 0; i < nodes.size(); i++) {
            nodes.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
        }
        for (int i = 0; i < MASTERS; i++) {
            int from = i * SLOTS / MASTERS;
            int to = (i + 1) * SLOTS / MASTERS;
            List<String> words = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
            IntStream.range(from, to).mapToObj(String::valueOf).forEach(words::add);
            nodes.get(i).command(words.toArray(String[]::new));
        }
        RedisServer first = nodes.get(0);
        for (RedisServer other : nodes.subList(1, nodes.size())) {
            first.command(
                    "CLUSTER", "MEET", other.host(), String.valueOf(other.port()), String.valueOf(other.busPort()));
        }
        for (RedisServer node : nodes) {
            Patience.until(READY, "the nodes do not find each other", () -> {
                long known = String.valueOf(node.command("CLUSTER", "NODES"))
                        .lines()
                        .filter(line -> !line.contains("handshake"))
                        .count();
                return known == nodes.size() ? "" : node + " knows " + known;
            });
        }
        for (int i = MASTERS; i < nodes.size(); i++) {
            RedisServer replica = nodes.get(i);
            String master = String.valueOf(nodes.get(i % MASTERS).command("CLUSTER", "MYID"));
            Patience.until(READY, "a replica finds no master", () -> {
                replica.command("CLUSTER", "REPLICATE", master);
                return "";
            });
        }
        awaitHealthy();
    }

    private static List<?> list(@Nullable Object reply) {
        if (reply instanceof List<?> list) {
            return list;
        }
        throw new IllegalStateException("expected a list, got " + reply);
    }

    private static long number(@Nullable Object reply) {
        if (reply instanceof Long number) {
            return number;
        }
        throw new IllegalStateException("expected a number, got " + reply);
    }

    /** Describes a cluster; nothing runs before {@link #start()}. Not safe for use by several threads. */
    public static final class Builder {
        private UnaryOperator<RedisServer.Builder> node = UnaryOperator.identity();
        private Duration nodeTimeout = Duration.ofSeconds(2);
        private @Nullable ToIntFunction<RedisServer> announced;

        private Builder() {}

        /** What every node shall have: password, users, TLS, settings. */
        public Builder node(UnaryOperator<RedisServer.Builder> describe) {
            this.node = Objects.requireNonNull(describe, "describe");
            return this;
        }

        /** After how much silence a node counts as failed; 2 s unless told otherwise, at least 100 ms. */
        public Builder nodeTimeout(Duration timeout) {
            if (timeout.toMillis() < 100) {
                throw new IllegalArgumentException("nodeTimeout must be at least 100 ms, was " + timeout);
            }
            this.nodeTimeout = timeout;
            return this;
        }

        /**
         * Lets every node announce another port than its own, such as that of a proxy in front of it: clients, and the
         * replicas' copying too, then go there. The nodes' gossip does not.
         *
         * @param port asked once for every node, when it runs and before it joins
         */
        public Builder announce(ToIntFunction<RedisServer> port) {
            this.announced = Objects.requireNonNull(port, "port");
            return this;
        }

        /** Starts the six servers, joins them, and returns once all is well. */
        public RedisCluster start() {
            List<RedisServer> nodes = new ArrayList<>();
            boolean done = false;
            try {
                for (int i = 0; i < 2 * MASTERS; i++) {
                    nodes.add(startNode());
                }
                RedisCluster cluster = new RedisCluster(
                        nodes, nodes.stream().map(this::announcedPort).toList());
                cluster.form();
                done = true;
                return cluster;
            } finally {
                if (!done) {
                    nodes.forEach(RedisServer::close);
                }
            }
        }

        private RedisServer startNode() {
            return node.apply(RedisServer.builder()
                            .config("cluster-node-timeout", String.valueOf(nodeTimeout.toMillis()))
                            .config("cluster-replica-validity-factor", "0"))
                    .clusterNode()
                    .start();
        }

        private int announcedPort(RedisServer server) {
            if (announced == null) {
                return server.port();
            }
            int port = announced.applyAsInt(server);
            server.reconfigure("cluster-announce-bus-port", String.valueOf(server.busPort()));
            server.reconfigure("cluster-announce-port", String.valueOf(port));
            return port;
        }
    }
}
