package io.lumbung.embedded.fault;

import io.lumbung.embedded.FreePort;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.RespFrames.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A proxy in front of one Redis that breaks the link on command, always at the same point.
 *
 * <p>It understands the protocol, RESP2 and RESP3: it knows which reply belongs to which command, and which message is a
 * push. So it can, for example, lose exactly the reply to the third {@code INCR} after the server has executed it. As
 * long as no fault is asked for it passes every byte unchanged and in order.
 *
 * <p>It does not understand TLS, {@code MONITOR} and {@code CLIENT REPLY}; what a master copies to a replica it
 * passes on as bytes. It keeps three threads
 * per connection: good for hundreds of connections, not for thousands. Safe to use from any thread.
 */
public final class FaultProxy implements Faults, AutoCloseable {
    private static final int COMMANDS_KEPT = 10_000;
    private static final int PORT_ATTEMPTS = 20;

    private final String serverHost;
    private final int serverPort;
    private final String userInfo;
    private final int port;

    private final Scope everyone = new Scope(this, "");
    private final Map<String, Scope> named = new ConcurrentHashMap<>();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Map<SocketAddress, CountDownLatch> knocks = new ConcurrentHashMap<>();
    private final AtomicLong accepted = new AtomicLong();

    private final ReentrantLock ruleLock = new ReentrantLock();
    private final List<Rule> rules = new ArrayList<>();
    private final Deque<String> commands = new ArrayDeque<>();
    private final Map<String, Long> counts = new HashMap<>();

    private final ReentrantLock doorLock = new ReentrantLock();
    private @Nullable ServerSocket door;
    private volatile boolean closed;
    private @Nullable Thread doorkeeper;

    private FaultProxy(String serverHost, int serverPort, String userInfo) {
        this.serverHost = serverHost;
        this.serverPort = serverPort;
        this.userInfo = userInfo;
        this.port = openSomewhere();
    }

    /** A proxy on a free port of 127.0.0.1 in front of {@code host:port}, where nobody needs to listen yet. */
    public static FaultProxy inFrontOf(String host, int port) {
        return new FaultProxy(host, port, "");
    }

    /** A proxy in front of {@code server}; {@link #url()} carries the server's password. */
    public static FaultProxy inFrontOf(RedisServer server) {
        String url = server.url();
        if (!url.startsWith("redis://")) {
            throw new IllegalArgumentException("cannot look into TLS: " + url);
        }
        int at = url.lastIndexOf('@');
        return new FaultProxy(server.host(), server.port(), at < 0 ? "" : url.substring("redis://".length(), at + 1));
    }

    /** Always {@code 127.0.0.1}. */
    public String host() {
        return "127.0.0.1";
    }

    /** The port clients connect to; the same for the whole life of this proxy. */
    public int port() {
        return port;
    }

    /** Where clients connect: {@code redis://127.0.0.1:PORT}. */
    public String url() {
        return "redis://" + userInfo + host() + ":" + port;
    }

    /** The same faults, but only for connections that call themselves {@code name} by CLIENT SETNAME or HELLO. */
    public Faults onConnectionsNamed(String name) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a connection without a name cannot be picked");
        }
        return named.computeIfAbsent(name, key -> new Scope(this, key));
    }

    /**
     * Whether new connections are refused: the port is closed, and the same port is opened again later. Connections that
     * are open stay open.
     */
    public void refuse(boolean refuse) {
        doorLock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the proxy on port " + port + " is closed");
            }
            if (refuse) {
                closeDoor();
            } else if (door == null) {
                open(port);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open port " + port + " again", e);
        } finally {
            doorLock.unlock();
        }
    }

    /** How many connections are open now, those of replicas not counted. */
    public int connections() {
        return (int) links.stream().filter(Link::isOpen).count();
    }

    /** How many connections there have been since the start: reconnects count. */
    public long accepted() {
        return accepted.get();
    }

    /** The names of the last 10 000 commands that reached the server or were answered in its place, oldest first. */
    public List<String> commands() {
        ruleLock.lock();
        try {
            return List.copyOf(commands);
        } finally {
            ruleLock.unlock();
        }
    }

    /**
     * How many commands of this name reached the server or were answered in its place since the start or the last
     * {@link #forgetCommands()}.
     *
     * @param command one word ({@code EVALSHA}) or two ({@code CLIENT SETNAME}), in any case
     */
    public long count(String command) {
        ruleLock.lock();
        try {
            return counts.getOrDefault(command.strip().toUpperCase(Locale.ROOT), 0L);
        } finally {
            ruleLock.unlock();
        }
    }

    /** Starts {@link #count} and {@link #commands} afresh. Faults that wait for their command go on counting. */
    public void forgetCommands() {
        ruleLock.lock();
        try {
            commands.clear();
            counts.clear();
        } finally {
            ruleLock.unlock();
        }
    }

    /** Ends every fault, those of named connections and those still waiting for their command included. */
    public void heal() {
        ruleLock.lock();
        try {
            rules.clear();
        } finally {
            ruleLock.unlock();
        }
        List<Scope> scopes = new ArrayList<>(named.values());
        scopes.add(everyone);
        for (Scope scope : scopes) {
            scope.delay(Duration.ZERO);
            scope.dropPushes(false);
            scope.slice(0);
            scope.flow();
        }
        refuse(false);
    }

    /** Closes the port and resets every connection. Idempotent. */
    @Override
    public void close() {
        doorLock.lock();
        try {
            closed = true;
            closeDoor();
        } finally {
            doorLock.unlock();
        }
        links.forEach(Link::close);
    }

    @Override
    public void cutAfterExecution(String command, int n, Cut cut) {
        everyone.cutAfterExecution(command, n, cut);
    }

    @Override
    public void cutBeforeExecution(String command, int n, Cut cut) {
        everyone.cutBeforeExecution(command, n, cut);
    }

    @Override
    public void cutInsideReply(String command, int n, int bytes, Cut cut) {
        everyone.cutInsideReply(command, n, bytes, cut);
    }

    @Override
    public void answer(String command, int n, String reply) {
        everyone.answer(command, n, reply);
    }

    @Override
    public void answerAll(String command, String reply) {
        everyone.answerAll(command, reply);
    }

    @Override
    public void swapReplies(String command, int n) {
        everyone.swapReplies(command, n);
    }

    @Override
    public void stall() {
        everyone.stall();
    }

    @Override
    public void stallRequests() {
        everyone.stallRequests();
    }

    @Override
    public void stallReplies() {
        everyone.stallReplies();
    }

    @Override
    public void flow() {
        everyone.flow();
    }

    @Override
    public void delay(Duration latency) {
        everyone.delay(latency);
    }

    @Override
    public void dropPushes(boolean drop) {
        everyone.dropPushes(drop);
    }

    @Override
    public void slice(int bytes) {
        everyone.slice(bytes);
    }

    @Override
    public void cutAll(Cut cut) {
        everyone.cutAll(cut);
    }

    @Override
    public String toString() {
        return "fault proxy on port " + port + " in front of " + serverHost + ":" + serverPort;
    }

    Scope everyone() {
        return everyone;
    }

    /** The faults of connections with this name; the scope of all if nobody asked for this name. */
    Scope scopeOf(String connectionName) {
        return named.getOrDefault(connectionName, everyone);
    }

    Set<Link> links() {
        return links;
    }

    void wakeAll() {
        links.forEach(Link::wake);
    }

    void add(Rule rule) {
        ruleLock.lock();
        try {
            rules.add(rule);
        } finally {
            ruleLock.unlock();
        }
    }

    /** Counts the command, and tells what is to happen to it. */
    List<Rule.Action> judge(Request request, String connectionName) {
        ruleLock.lock();
        try {
            List<Rule.Action> actions = new ArrayList<>();
            for (Iterator<Rule> all = rules.iterator(); all.hasNext(); ) {
                Rule rule = all.next();
                if (rule.hits(request, connectionName)) {
                    actions.add(rule.action());
                    if (rule.happensOnce()) {
                        all.remove();
                    }
                }
            }
            if (actions.stream().noneMatch(Rule.CutBefore.class::isInstance)) {
                record(request);
            }
            return actions;
        } finally {
            ruleLock.unlock();
        }
    }

    // A test names one server, and if its name has two addresses the first will do.
    @SuppressWarnings("AddressSelection")
    Socket dial() throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(serverHost, serverPort), 10_000);
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void record(Request request) {
        if (commands.size() == COMMANDS_KEPT) {
            commands.removeFirst();
        }
        commands.addLast(request.name());
        counts.merge(request.name(), 1L, Long::sum);
        if (request.words().size() > 1) {
            countSubcommand(request);
        }
    }

    // Only containers have subcommands: counting every "GET key" as a name of its own would never end.
    private void countSubcommand(Request request) {
        switch (request.name()) {
            case "ACL",
                    "CLIENT",
                    "CLUSTER",
                    "COMMAND",
                    "CONFIG",
                    "FUNCTION",
                    "MEMORY",
                    "OBJECT",
                    "PUBSUB",
                    "SCRIPT",
                    "XGROUP",
                    "XINFO" -> counts.merge(request.nameAndSubcommand(), 1L, Long::sum);
            default -> {
                // Its second word is data.
            }
        }
    }

    private int openSomewhere() {
        doorLock.lock();
        try {
            for (int attempt = 1; ; attempt++) {
                int candidate = FreePort.next();
                try {
                    open(candidate);
                    return candidate;
                } catch (IOException e) {
                    if (attempt == PORT_ATTEMPTS) {
                        throw new UncheckedIOException("cannot listen on any port of 127.0.0.1", e);
                    }
                }
            }
        } finally {
            doorLock.unlock();
        }
    }

    private void open(int atPort) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(FreePort.loopback(), atPort), 1_024);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        door = socket;
        doorkeeper = Link.daemon("fault-proxy-" + atPort, () -> accept(socket));
        doorkeeper.start();
    }

    private void closeDoor() {
        ServerSocket socket = door;
        Thread keeper = doorkeeper;
        door = null;
        doorkeeper = null;
        if (socket == null || keeper == null) {
            return;
        }
        try {
            socket.close();
            // The port stays open for as long as somebody still waits for a client there.
            keeper.join(5_000);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close port " + port, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket client = from.accept();
                CountDownLatch knocked = knocks.remove(client.getRemoteSocketAddress());
                if (knocked != null) {
                    client.close();
                    knocked.countDown();
                    continue;
                }
                Link link = new Link(this, client);
                links.add(link);
                accepted.incrementAndGet();
                link.start();
                if (closed) {
                    link.close();
                }
            } catch (IOException e) {
                // Either our door was closed, and the loop ends, or that one client did not wait.
            }
        }
    }

    /** Waits until every connection made before this call is one of {@link #links()}: clients are let in in turn. */
    void letEverybodyIn() {
        doorLock.lock();
        try (Socket knock = new Socket()) {
            if (door == null) {
                return;
            }
            knock.bind(new InetSocketAddress(FreePort.loopback(), 0));
            CountDownLatch knocked = new CountDownLatch(1);
            knocks.put(knock.getLocalSocketAddress(), knocked);
            knock.connect(new InetSocketAddress(FreePort.loopback(), port), 5_000);
            if (!knocked.await(5, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the proxy on port " + port + " accepts nobody");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot reach the proxy's own port " + port, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            doorLock.unlock();
        }
    }
}
