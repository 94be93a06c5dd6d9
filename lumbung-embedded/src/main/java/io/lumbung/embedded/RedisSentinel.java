package io.lumbung.embedded;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One master, its replicas and three Sentinels that watch over them, each a {@link RedisServer} of its own, for tests.
 *
 * <p>{@code start()} returns when every replica follows and every Sentinel knows all the others: about two seconds. Safe
 * to use from any thread.
 */
public final class RedisSentinel implements AutoCloseable {
    /** The name under which the Sentinels know the master. */
    public static final String MASTER_NAME = "lumbung";

    private static final Logger LOG = LoggerFactory.getLogger(RedisSentinel.class);
    private static final int SENTINELS = 3;
    private static final Duration READY = Duration.ofSeconds(60);

    private final List<RedisServer> servers;
    private final List<RedisServer> sentinels;
    private final String userInfo;

    private RedisSentinel(List<RedisServer> servers, List<RedisServer> sentinels) {
        this.servers = List.copyOf(servers);
        this.sentinels = List.copyOf(sentinels);
        String url = servers.get(0).url();
        this.userInfo = url.contains("@") ? url.substring("redis://".length(), url.lastIndexOf('@') + 1) : "";
    }

    /** Starts a master, one replica and three Sentinels on free ports without a password. */
    public static RedisSentinel start() {
        return builder().start();
    }

    /** A group to be described first. */
    public static Builder builder() {
        return new Builder();
    }

    /** Master and replicas in the order in which they were started, dead ones included; the first started as master. */
    public List<RedisServer> servers() {
        return servers;
    }

    /** The three Sentinels. */
    public List<RedisServer> sentinels() {
        return sentinels;
    }

    /** The master by the word of most of the Sentinels that answer. */
    public RedisServer master() {
        return servers.stream()
                .max((a, b) -> Long.compare(votes(a), votes(b)))
                .filter(server -> votes(server) > 0)
                .orElseThrow(() -> new IllegalStateException("no Sentinel answers"));
    }

    /** Those that are not {@link #master()}, dead ones included. */
    public List<RedisServer> replicas() {
        RedisServer master = master();
        return servers.stream().filter(server -> server != master).toList();
    }

    /** {@code redis-sentinel://127.0.0.1:P1,127.0.0.1:P2,127.0.0.1:P3#lumbung}, with the servers' password if any. */
    public String url() {
        return sentinels.stream()
                .map(sentinel -> sentinel.host() + ":" + sentinel.port())
                .collect(Collectors.joining(",", "redis-sentinel://" + userInfo, "#" + MASTER_NAME));
    }

    /**
     * Waits until every living replica follows the master and every living Sentinel counts on all the others.
     *
     * @throws IllegalStateException if that takes more than a minute; the message says what is missing
     */
    public void awaitHealthy() {
        Patience.until(READY, "the replicas do not follow", () -> {
            RedisServer master = master();
            long followers = servers.stream().filter(RedisServer::isAlive).count() - 1;
            String replication = String.valueOf(master.command("INFO", "replication"));
            long online = replication
                    .lines()
                    .filter(line -> line.contains("state=online"))
                    .count();
            return replication.contains("role:master") && online >= followers
                    ? ""
                    : online + " of " + followers + " replicas follow " + master;
        });
        for (RedisServer sentinel : sentinels) {
            if (sentinel.isAlive()) {
                Patience.until(READY, "the Sentinels do not find each other", () -> complaintOf(sentinel));
            }
        }
    }

    /** Ends all processes and removes their folders. Idempotent. */
    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
    }

    private String complaintOf(RedisServer sentinel) {
        Object reply = sentinel.command("SENTINEL", "MASTER", MASTER_NAME);
        if (!(reply instanceof List<?> fields)) {
            return sentinel + " says " + reply;
        }
        String flags = field(fields, "flags");
        int others = Integer.parseInt(field(fields, "num-other-sentinels"));
        int replicas = Integer.parseInt(field(fields, "num-slaves"));
        boolean well = flags.equals("master") && others == SENTINELS - 1 && replicas == servers.size() - 1;
        return well
                ? ""
                : sentinel + " sees a " + flags + ", " + others + " other Sentinels and " + replicas + " replicas";
    }

    private static String field(List<?> fields, String name) {
        return String.valueOf(fields.get(fields.indexOf(name) + 1));
    }

    private long votes(RedisServer candidate) {
        return sentinels.stream()
                .filter(RedisServer::isAlive)
                .filter(sentinel -> isMaster(sentinel, candidate))
                .count();
    }

    private static boolean isMaster(RedisServer sentinel, RedisServer candidate) {
        try (RespConnection connection = sentinel.connect()) {
            connection.timeout(Duration.ofMillis(500));
            return connection.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME) instanceof List<?> address
                    && String.valueOf(candidate.port()).equals(address.get(1));
        } catch (RuntimeException e) {
            return false; // It does not answer, so it has no vote.
        }
    }

    /** Describes a group; nothing runs before {@link #start()}. Not safe for use by several threads. */
    public static final class Builder {
        private UnaryOperator<RedisServer.Builder> server = UnaryOperator.identity();
        private Duration downAfter = Duration.ofMillis(500);
        private int replicas = 1;

        private Builder() {}

        /** What master and replicas shall have: password, users, settings. No TLS. */
        public Builder server(UnaryOperator<RedisServer.Builder> describe) {
            this.server = Objects.requireNonNull(describe, "describe");
            return this;
        }

        /** After how much silence a server counts as down; 500 ms unless told otherwise. */
        public Builder downAfter(Duration silence) {
            if (silence.toMillis() < 100) {
                throw new IllegalArgumentException("downAfter must be at least 100 ms, was " + silence);
            }
            this.downAfter = silence;
            return this;
        }

        /** How many replicas, 1 to 5; 1 unless told otherwise. */
        public Builder replicas(int count) {
            if (count < 1 || count > 5) {
                throw new IllegalArgumentException("replicas must be 1 to 5, was " + count);
            }
            this.replicas = count;
            return this;
        }

        /** Starts all processes and returns once they have found each other. */
        public RedisSentinel start() {
            List<RedisServer> servers = new ArrayList<>();
            List<RedisServer> sentinels = new ArrayList<>();
            boolean done = false;
            try {
                RedisServer.Builder description = server.apply(RedisServer.builder());
                if (description.usesTls()) {
                    throw new IllegalArgumentException("Sentinel with TLS is not supported here");
                }
                RedisServer master = description.start();
                servers.add(master);
                for (int i = 0; i < replicas; i++) {
                    servers.add(description
                            .copy()
                            .port(0)
                            .config("replicaof", master.host() + " " + master.port())
                            .start());
                }
                awaitFollowers(master);
                for (int i = 0; i < SENTINELS; i++) {
                    sentinels.add(RedisServer.builder()
                            .sentinel(watching(master, description))
                            .start());
                }
                sentinels.forEach(Builder::hurry);
                RedisSentinel group = new RedisSentinel(servers, sentinels);
                group.awaitHealthy();
                done = true;
                return group;
            } finally {
                if (!done) {
                    sentinels.forEach(RedisServer::close);
                    servers.forEach(RedisServer::close);
                }
            }
        }

        // They speak to each other every 2 s and look at the servers every 10 s: a test need not wait for that.
        private static void hurry(RedisServer sentinel) {
            try {
                sentinel.command("SENTINEL", "DEBUG", "PUBLISH-PERIOD", "500");
                sentinel.command("SENTINEL", "DEBUG", "INFO-PERIOD", "1000");
            } catch (RespErrorException e) {
                LOG.debug("{} keeps its own pace: {}", sentinel, e.getMessage());
            }
        }

        // A Sentinel asks the master for its replicas when it starts and then only every ten seconds.
        private void awaitFollowers(RedisServer master) {
            Patience.until(READY, "the replicas do not follow", () -> {
                String replication = String.valueOf(master.command("INFO", "replication"));
                long online = replication
                        .lines()
                        .filter(line -> line.contains("state=online"))
                        .count();
                return online == replicas ? "" : online + " of " + replicas;
            });
        }

        private List<String> watching(RedisServer master, RedisServer.Builder description) {
            List<String> lines = new ArrayList<>();
            lines.add("monitor " + MASTER_NAME + " " + master.host() + " " + master.port() + " 2");
            lines.add("down-after-milliseconds " + MASTER_NAME + " " + downAfter.toMillis());
            lines.add("failover-timeout " + MASTER_NAME + " " + Math.max(3_000, 4 * downAfter.toMillis()));
            String password = description.quotedPassword();
            if (password != null) {
                lines.add("auth-pass " + MASTER_NAME + " " + password);
            }
            return lines;
        }
    }
}
