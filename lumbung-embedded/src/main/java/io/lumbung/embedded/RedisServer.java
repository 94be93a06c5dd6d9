package io.lumbung.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Redis (or Valkey) server as a child process of this JVM, for development and tests.
 *
 * <p>It listens on 127.0.0.1 only, on a port of its own, keeps its files in a folder of its own, and ends with this JVM
 * however this JVM ends. The program is, in this order: {@link Builder#executable(Path)}; the system property
 * {@code lumbung.embedded.redis.executable}; the environment variable {@code LUMBUNG_REDIS_SERVER};
 * {@code redis-server} or {@code valkey-server} on PATH; the binary that comes with this module. <b>That last one is
 * Redis 7.0.15, a version that no longer gets security fixes: it is for development and tests only, never for
 * production.</b> Which one was taken is logged at INFO.
 *
 * <p>Acknowledged writes survive {@link #kill()} unless the server was built {@link Builder#inMemoryOnly()}. Safe to use
 * from any thread; starting, stopping and restarting take turns.
 */
public final class RedisServer implements AutoCloseable {
    /** What a restart finds. */
    public enum Data {
        /** An empty server. */
        EMPTY,
        /** Every write that was acknowledged before. */
        KEEP
    }

    private static final Logger LOG = LoggerFactory.getLogger(RedisServer.class);
    private static final Duration START = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(2);
    private static final String CONFIG = "redis.conf";
    private static final int PORT_ATTEMPTS = 20;
    private static final Pattern PORT_TAKEN = Pattern.compile(
            "Failed listening on port|Address already in use|port is already", Pattern.CASE_INSENSITIVE);

    private final ReentrantLock turn = new ReentrantLock();
    private final Builder settings;
    private final RedisExecutable executable;
    private final Path folder;
    private final Ports ports;
    private volatile GuardedProcess process;
    private volatile boolean closed;

    private RedisServer(
            Builder settings, RedisExecutable executable, Path folder, Ports ports, GuardedProcess process) {
        this.settings = settings;
        this.executable = executable;
        this.folder = folder;
        this.ports = ports;
        this.process = process;
    }

    /**
     * Starts a server with a free port and no password, and returns once it answers.
     *
     * @throws IllegalStateException if no server program runs on this machine; the message says what was tried
     */
    public static RedisServer start() {
        return builder().start();
    }

    /** A server to be described first. */
    public static Builder builder() {
        return new Builder();
    }

    /** Always {@code 127.0.0.1}. */
    public String host() {
        return "127.0.0.1";
    }

    /** Its port: the same for the whole life of this object, restarts included. */
    public int port() {
        return ports.client;
    }

    /** Where to connect, password included: {@code redis://127.0.0.1:PORT}, or {@code rediss://…} with TLS. */
    public String url() {
        String password = settings.defaultPassword();
        return url(password == null ? "" : ":" + encoded(password) + "@", port());
    }

    /** Where to connect as a user declared with {@link Builder#user}. */
    public String url(String user) {
        User known = settings.users.get(user);
        if (known == null) {
            throw new IllegalArgumentException("no user '" + user + "' was declared");
        }
        return url(encoded(user) + ":" + encoded(known.password) + "@", port());
    }

    /** The server's version, such as {@code 7.0.15}. */
    public String version() {
        return executable.version();
    }

    /** The number of the process that runs now, or ran last. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process runs; a paused one does. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Where the server keeps its data. */
    public Path dataDirectory() {
        return folder.resolve("data");
    }

    /** Everything the server has logged so far. */
    public String log() {
        try {
            Path file = logFile();
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the server's log", e);
        }
    }

    /** Stops the process in its tracks (SIGSTOP): connections stay open, new ones are accepted, nothing is answered. */
    public void pause() {
        process.pause();
    }

    /** Lets a paused server go on (SIGCONT); it then does all it was asked meanwhile. */
    public void resume() {
        process.resume();
    }

    /** Ends the process at once (SIGKILL) and returns when its port is closed. The data directory stays. Idempotent. */
    public void kill() {
        turn.lock();
        try {
            process.kill();
        } finally {
            turn.unlock();
        }
    }

    /**
     * Starts the server again on the same port and with the configuration it was built with (and, if it
     * keeps its data, with what {@code CONFIG REWRITE} has made of that), and returns once it answers.
     * A server that still runs is killed first.
     *
     * @throws IllegalStateException if the port was taken by somebody else meanwhile, or if {@link Data#KEEP} is asked of
     *     a server that keeps nothing
     */
    public void restart(Data data) {
        turn.lock();
        try {
            if (closed) {
                throw new IllegalStateException(this + " is closed");
            }
            if (data == Data.KEEP && settings.inMemoryOnly) {
                throw new IllegalStateException(this + " was built inMemoryOnly: nothing to keep");
            }
            process.kill();
            if (data == Data.EMPTY) {
                GuardedProcess.remove(dataDirectory());
                GuardedProcess.remove(folder.resolve(CONFIG));
            }
            process = launch(settings, executable, folder, ports);
        } finally {
            turn.unlock();
        }
    }

    /**
     * Sends one command over a connection of its own and waits for the reply, 10 s at most.
     *
     * @return what {@link RespConnection} makes of the reply
     * @throws RespErrorException if the server says no
     * @throws UncheckedIOException if the server cannot be reached or does not answer
     */
    public @Nullable Object command(String... words) {
        try (RespConnection connection = connect()) {
            return connection.command(words);
        }
    }

    /**
     * Opens a connection, logged in as the default user.
     *
     * @throws UncheckedIOException if the server cannot be reached
     */
    public RespConnection connect() {
        return connect(settings, port());
    }

    /** Ends the process and removes its folder. Idempotent. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            process.close();
        } finally {
            turn.unlock();
        }
    }

    @Override
    public String toString() {
        return executable.product() + " " + executable.version() + " on port " + port();
    }

    int busPort() {
        return ports.bus;
    }

    /** Changes a setting for now and for every later start. */
    void reconfigure(String name, String value) {
        command("CONFIG", "SET", name, value);
        command("CONFIG", "REWRITE");
        settings.config(name, value);
    }

    /** A URL that differs from ours in the port only. */
    String urlAt(int otherPort) {
        String password = settings.defaultPassword();
        return url(password == null ? "" : ":" + encoded(password) + "@", otherPort);
    }

    private String url(String userInfo, int atPort) {
        return (settings.tls == null ? "redis://" : "rediss://") + userInfo + host() + ":" + atPort;
    }

    private Path logFile() {
        return folder.resolve("server.log");
    }

    private static RedisServer start(Builder settings) {
        RedisExecutable executable = settings.executable == null
                ? RedisExecutable.find()
                : RedisExecutable.explicit(settings.executable, "named in code");
        for (int attempt = 1; ; attempt++) {
            int port = settings.port == 0 ? FreePort.next() : settings.port;
            int bus = executable.knowsClusterPort() ? FreePort.next() : port + 10_000;
            Ports ports = new Ports(port, bus);
            Path folder = Watchdog.newFolder("redis-" + port);
            try {
                GuardedProcess process = launch(settings, executable, folder, ports);
                LOG.debug("{} {} listens on port {}", executable.product(), executable.version(), port);
                return new RedisServer(settings, executable, folder, ports, process);
            } catch (PortTakenException e) {
                GuardedProcess.remove(folder);
                if (settings.port != 0 || attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            } catch (RuntimeException e) {
                GuardedProcess.remove(folder);
                throw e;
            }
        }
    }

    private static GuardedProcess launch(Builder settings, RedisExecutable executable, Path folder, Ports ports) {
        // A server that finds its port taken by one that answers would be mistaken for it.
        if (!FreePort.isFree(ports.client)) {
            throw new PortTakenException(ports.client);
        }
        Path config = folder.resolve(CONFIG);
        Path log = folder.resolve("server.log");
        try {
            Files.createDirectories(folder.resolve("data"));
            // What the server itself has rewritten there, such as whose replica it is, belongs to its data.
            if (!Files.exists(config)) {
                Files.writeString(config, settings.configuration(executable, folder, ports));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the configuration of the server on port " + ports.client, e);
        }
        List<String> command = new ArrayList<>(List.of(executable.path().toString(), config.toString()));
        if (settings.role == Role.SENTINEL) {
            command.add("--sentinel");
        }
        GuardedProcess process = GuardedProcess.start(folder, command, Redirect.appendTo(log.toFile()));
        boolean answers = false;
        try {
            awaitAnswer(settings, process, ports.client, log);
            answers = true;
            return process;
        } finally {
            if (!answers) {
                process.kill();
            }
        }
    }

    private static void awaitAnswer(Builder settings, GuardedProcess process, int port, Path log) {
        long deadline = System.nanoTime() + START.toNanos();
        String seen = "nothing";
        while (System.nanoTime() < deadline) {
            if (process.awaitExit(POLL)) {
                String text = tail(log);
                if (PORT_TAKEN.matcher(text).find()) {
                    throw new PortTakenException(port);
                }
                throw new IllegalStateException("the server on port " + port + " ended with exit code "
                        + process.exitValue().orElse(-1) + " while starting. It logged: " + text);
            }
            try (RespConnection connection = connect(settings, port)) {
                connection.command("PING");
                return;
            } catch (RespErrorException e) {
                seen = String.valueOf(e.getMessage());
                if (!seen.startsWith("LOADING")) {
                    return; // It answers; what it thinks of us is its configuration's affair.
                }
            } catch (UncheckedIOException e) {
                seen = String.valueOf(e.getMessage());
            }
        }
        throw new IllegalStateException("the server on port " + port + " does not answer PING after " + START
                + "; last seen: " + seen + ". It logged: " + tail(log));
    }

    private static RespConnection connect(Builder settings, int port) {
        RespConnection connection =
                RespConnection.open("127.0.0.1", port, settings.tls == null ? null : settings.tls.ownContext());
        String password = settings.defaultPassword();
        if (password == null) {
            return connection;
        }
        try {
            connection.command("AUTH", password);
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static String tail(Path log) {
        try {
            List<String> lines = Files.exists(log) ? Files.readAllLines(log, StandardCharsets.ISO_8859_1) : List.of();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return "(unreadable: " + e.getMessage() + ")";
        }
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Somebody else listens on the port. */
    private static final class PortTakenException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        PortTakenException(int port) {
            super("port " + port + " of 127.0.0.1 is taken by another process");
        }
    }

    enum Role {
        STANDALONE,
        CLUSTER_NODE,
        SENTINEL
    }

    /** The port for clients, and the one at which the nodes of a cluster talk to each other. */
    private record Ports(int client, int bus) {}

    private record User(String password, String rules) {}

    /** Describes a server; nothing runs before {@link #start()}. Not safe for use by several threads. */
    public static final class Builder {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]+");

        private final Map<String, String> config = new LinkedHashMap<>();
        private final Map<String, User> users = new LinkedHashMap<>();
        private Role role = Role.STANDALONE;
        private List<String> sentinelLines = List.of();
        private int port;
        private boolean inMemoryOnly;
        private @Nullable String password;
        private @Nullable TlsFiles tls;
        private @Nullable Path executable;

        private Builder() {}

        private Builder(Builder other) {
            config.putAll(other.config);
            users.putAll(other.users);
            role = other.role;
            sentinelLines = other.sentinelLines;
            tls = other.tls;
            port = other.port;
            inMemoryOnly = other.inMemoryOnly;
            password = other.password;
            executable = other.executable;
        }

        /** The port to listen on; 0, the default, takes a free one. */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be 0 to 65535, was " + port);
            }
            this.port = port;
            return this;
        }

        /** The password of the default user; without one nobody is asked. */
        public Builder password(String password) {
            this.password = printable("password", password);
            return this;
        }

        /**
         * A further ACL user. The name {@code default} changes what connections without a name may do.
         *
         * @param rules as ACL SETUSER takes them, such as {@code ~app:* &* +@all}
         */
        public Builder user(String name, String password, String rules) {
            if (name.isBlank() || name.chars().anyMatch(Character::isWhitespace)) {
                throw new IllegalArgumentException("a user's name must be one word, was '" + name + "'");
            }
            users.put(printable("name", name), new User(printable("password", password), printable("rules", rules)));
            return this;
        }

        /**
         * One line of the server's configuration, over what this class sets by itself.
         *
         * @param value as in redis.conf; several words are several arguments, blank is {@code ""}
         */
        public Builder config(String name, String value) {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("not the name of a setting: '" + name + "'");
            }
            config.put(name, printable(name, value));
            return this;
        }

        /** Takes TLS connections only, with this certificate; clients need none of their own. */
        public Builder tls(TlsFiles files) {
            this.tls = Objects.requireNonNull(files, "files");
            return this;
        }

        /**
         * Keeps nothing on disk: the choice for benchmarks, pipelined writes being nearly twice as fast, and for servers
         * whose data nobody wants back. After {@link RedisServer#kill()} there is nothing to keep.
         */
        public Builder inMemoryOnly() {
            this.inMemoryOnly = true;
            return this;
        }

        /** The program to run, before anything found elsewhere. */
        public Builder executable(Path executable) {
            this.executable = Objects.requireNonNull(executable, "executable");
            return this;
        }

        /**
         * Starts the server and returns once it answers.
         *
         * @throws IllegalStateException if no server program runs on this machine, if the asked port is taken, or if the
         *     server ends while starting; the message says what was tried and what the server logged
         */
        public RedisServer start() {
            return RedisServer.start(new Builder(this));
        }

        private @Nullable String defaultPassword() {
            User user = users.get("default");
            return user == null ? password : user.password;
        }

        /** The default user's password as a configuration file wants it. */
        @Nullable
        String quotedPassword() {
            String plain = defaultPassword();
            return plain == null ? null : quoted(plain);
        }

        boolean usesTls() {
            return tls != null;
        }

        Builder copy() {
            return new Builder(this);
        }

        Builder clusterNode() {
            this.role = Role.CLUSTER_NODE;
            return this;
        }

        /** What it watches, in the words of sentinel.conf without the first one. */
        Builder sentinel(List<String> lines) {
            this.role = Role.SENTINEL;
            this.sentinelLines = List.copyOf(lines);
            return this;
        }

        private String configuration(RedisExecutable executable, Path folder, Ports ports) {
            Map<String, String> lines = new LinkedHashMap<>();
            lines.put("bind", "127.0.0.1");
            lines.put("port", String.valueOf(tls == null ? ports.client : 0));
            lines.put("daemonize", "no");
            lines.put("dir", quoted(folder.resolve("data").toString()));
            lines.put("logfile", "\"\"");
            if (tls != null) {
                lines.put("tls-port", String.valueOf(ports.client));
                lines.put("tls-cert-file", quoted(tls.certificate().toString()));
                lines.put("tls-key-file", quoted(tls.key().toString()));
                lines.put("tls-ca-cert-file", quoted(tls.authority().toString()));
                lines.put("tls-auth-clients", "no");
                lines.put("tls-replication", "yes");
            }
            if (role != Role.SENTINEL) {
                dataSettings(lines);
            }
            if (role == Role.CLUSTER_NODE) {
                clusterSettings(lines, executable, ports);
            }
            config.forEach((name, value) -> lines.put(name, value.isBlank() ? "\"\"" : value));

            List<String> text = new ArrayList<>();
            lines.forEach((name, value) -> text.add(name + " " + value));
            sentinelLines.forEach(line -> text.add("sentinel " + line));
            users.forEach((name, user) ->
                    text.add("user " + quoted(name) + " on " + quoted(">" + user.password) + " " + user.rules));
            return String.join("\n", text) + "\n";
        }

        private void dataSettings(Map<String, String> lines) {
            lines.put("save", "\"\"");
            // Without fsync a write is in the kernel before its reply leaves: safe from SIGKILL, which is all we need.
            lines.put("appendonly", inMemoryOnly ? "no" : "yes");
            lines.put("appendfsync", "no");
            lines.put("repl-diskless-sync-delay", "0");
            if (password != null) {
                lines.put("requirepass", quoted(password));
                lines.put("masterauth", quoted(password));
            }
        }

        private void clusterSettings(Map<String, String> lines, RedisExecutable executable, Ports ports) {
            lines.put("cluster-enabled", "yes");
            lines.put("cluster-config-file", "nodes.conf");
            lines.put("cluster-announce-ip", "127.0.0.1");
            // A replica is in nobody's CLUSTER SLOTS before it has heard something: by default after ten seconds.
            lines.put("repl-ping-replica-period", "1");
            if (executable.knowsClusterPort()) {
                lines.put("cluster-port", String.valueOf(ports.bus));
            }
            if (tls != null) {
                lines.put("tls-cluster", "yes");
            }
        }

        private static String printable(String what, String text) {
            if (text.chars().anyMatch(c -> c < ' ')) {
                throw new IllegalArgumentException(what + " must not contain control characters");
            }
            return text;
        }

        private static String quoted(String text) {
            return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
    }
}
