package io.lumbung.embedded.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lumbung.embedded.fault.RespFrames.Reply;
import io.lumbung.embedded.fault.RespFrames.Request;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection through the proxy.
 *
 * <p>Three threads: one reads commands, decides what happens to them and passes them on; one reads replies and puts what
 * the client shall see into a queue; one empties that queue in its own time. {@code expected} holds, in order, what the
 * server still owes; that is how a reply finds its command. No lock is held while a socket is read or written.
 */
final class Link {
    private static final Set<String> SUBSCRIBING =
            Set.of("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE");
    private static final Set<String> MESSAGES = Set.of("message", "pmessage", "smessage");
    private static final long QUEUE_BYTES = 8L << 20;
    private static final int BATCH_BYTES = 1 << 16;
    private static final byte[] NOTHING = {};

    private final FaultProxy proxy;
    private final Socket client;
    private volatile @Nullable Socket server;
    private volatile String name = "";

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Expected> expected = new ArrayDeque<>();
    private final Deque<Outgoing> outgoing = new ArrayDeque<>();
    private long outgoingBytes;
    private @Nullable Reply held;
    private boolean resp3;
    private boolean subscriber;
    /** The client is a replica and has asked for a copy: what follows are bytes, not replies. */
    private boolean copying;
    /** Nothing the client says counts any more. */
    private boolean deaf;
    /** Nothing the server says counts any more. */
    private boolean mute;
    /** The client has said that it will say no more. */
    private boolean clientGone;
    /** Threads that hold a socket: the connection is forgotten when there is none left. */
    private int busy = 1;

    Link(FaultProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    /** What the server owes for one command, or what is owed in its place. */
    private static final class Expected {
        final String command;
        final int size;
        final byte @Nullable [] answer;
        final Rule.@Nullable CutAfter cut;
        final boolean swap;
        /** Confirmations a subscription is still to bring. */
        int confirmations;

        Expected(String command, int size, byte @Nullable [] answer, Rule.@Nullable CutAfter cut, boolean swap) {
            this.command = command;
            this.size = size;
            this.answer = answer;
            this.cut = cut;
            this.swap = swap;
            this.confirmations = Math.max(1, size - 1);
        }

        boolean subscribes() {
            return answer == null && SUBSCRIBING.contains(command);
        }

        boolean confirmed() {
            return confirmations < Math.max(1, size - 1);
        }
    }

    /** Something for the client, and how the connection ends behind it, if it does. */
    @SuppressWarnings("ArrayRecordComponent") // Passed on once, never compared.
    private record Outgoing(
            byte[] bytes, long due, @Nullable Cut end) {}

    static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    void start() {
        daemon("fault-proxy-" + proxy.port() + "-commands", () -> whileBusy(this::passCommands))
                .start();
    }

    /** What the client calls itself, or empty. */
    String name() {
        return name;
    }

    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection for the client; the server gets to the end of what it was sent. */
    void cut(Cut kind) {
        lock.lock();
        try {
            if (mute) {
                return;
            }
            deaf = true;
            mute = true;
            outgoing.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (kind == Cut.RST) {
            reset(client);
        } else {
            // Not closed before the client has closed: bytes we never read would turn our FIN into a reset.
            finish(client);
        }
        finish(server);
    }

    /** Resets both ends. */
    void close() {
        cut(Cut.RST);
        reset(client);
        reset(server);
    }

    /** Whether client and proxy still talk; a replica is no client. */
    boolean isOpen() {
        lock.lock();
        try {
            return !mute && !clientGone && !copying;
        } finally {
            lock.unlock();
        }
    }

    private void whileBusy(Runnable work) {
        try {
            work.run();
        } finally {
            if (changeBusy(-1) == 0) {
                proxy.links().remove(this);
            }
        }
    }

    private int changeBusy(int by) {
        lock.lock();
        try {
            busy += by;
            return busy;
        } finally {
            lock.unlock();
        }
    }

    private void passCommands() {
        Socket dialled = connectServer();
        if (dialled == null) {
            return;
        }
        daemon("fault-proxy-" + proxy.port() + "-delivery", this::deliver).start();
        changeBusy(1);
        daemon("fault-proxy-" + proxy.port() + "-replies", () -> whileBusy(() -> readReplies(dialled)))
                .start();
        try {
            OutputStream out = dialled.getOutputStream();
            RespFrames frames = new RespFrames(client.getInputStream());
            for (Request request = frames.request(); request != null; request = frames.request()) {
                if (admit(request)) {
                    write(out, request.bytes());
                }
                if (request.name().equals("PSYNC") || request.name().equals("SYNC")) {
                    break;
                }
            }
            passBytes(frames, out);
        } catch (IOException | NumberFormatException e) {
            // The client is gone or talks nonsense, or the server is gone: either way no command will pass again.
        }
        finish(dialled);
        drainClient();
    }

    /** Passes on what a replica says once copying has begun: nothing at all for every other client. */
    private void passBytes(RespFrames frames, OutputStream out) throws IOException {
        for (byte[] some = frames.some(); some.length > 0; some = frames.some()) {
            lock.lock();
            try {
                awaitFlowOfRequests();
                if (deaf) {
                    return;
                }
            } finally {
                lock.unlock();
            }
            write(out, some);
        }
    }

    private void awaitFlowOfRequests() {
        while (!deaf
                && (proxy.everyone().requestsStalled() || proxy.scopeOf(name).requestsStalled())) {
            changed.awaitUninterruptibly();
        }
    }

    private @Nullable Socket connectServer() {
        Socket socket;
        try {
            client.setTcpNoDelay(true);
            socket = proxy.dial();
        } catch (IOException e) {
            cut(Cut.RST);
            return null;
        }
        lock.lock();
        try {
            server = socket;
            if (mute) {
                reset(socket);
                return null;
            }
        } finally {
            lock.unlock();
        }
        return socket;
    }

    /** Decides about one command; true if it is for the server. */
    private boolean admit(Request request) {
        Cut cutNow = null;
        lock.lock();
        try {
            awaitFlowOfRequests();
            if (deaf || request.words().isEmpty()) {
                return false;
            }
            learnName(request);
            List<Rule.Action> actions = proxy.judge(request, name);
            byte[] answer = null;
            Rule.CutAfter cutAfter = null;
            boolean swap = false;
            for (Rule.Action action : actions) {
                if (action instanceof Rule.CutBefore before) {
                    cutNow = before.cut();
                } else if (action instanceof Rule.Answer given) {
                    answer = (given.reply() + "\r\n").getBytes(UTF_8);
                } else if (action instanceof Rule.CutAfter after) {
                    cutAfter = after;
                } else if (action instanceof Rule.Swap) {
                    swap = true;
                }
            }
            if (cutNow == null) {
                copying = request.name().equals("PSYNC") || request.name().equals("SYNC");
                expected.add(new Expected(request.name(), request.size(), answer, cutAfter, swap));
                deaf = cutAfter != null;
                if (answer != null) {
                    answerWhatIsDue();
                    return false;
                }
                subscriber |= SUBSCRIBING.contains(request.name());
                return true;
            }
        } finally {
            lock.unlock();
        }
        cut(cutNow);
        return false;
    }

    private void learnName(Request request) {
        List<String> words = request.words();
        if (request.nameAndSubcommand().equals("CLIENT SETNAME") && words.size() == 3) {
            name = words.get(2);
        } else if (request.name().equals("HELLO")) {
            for (int i = 2; i < words.size() - 1; i++) {
                switch (words.get(i).toUpperCase(Locale.ROOT)) {
                    case "AUTH" -> i += 2;
                    case "SETNAME" -> name = words.get(++i);
                    default -> {
                        // Nothing else is known today.
                    }
                }
            }
        }
    }

    private void readReplies(Socket from) {
        Cut end = Cut.FIN;
        try {
            RespFrames frames = new RespFrames(from.getInputStream());
            try {
                for (Reply reply = frames.reply(); reply != null; reply = frames.reply()) {
                    if (arrived(reply)) {
                        copy(frames);
                        break;
                    }
                }
            } catch (EOFException e) {
                passUnfinished(frames.unfinished());
            }
        } catch (IOException | NumberFormatException e) {

            end = Cut.RST;
        }
        lock.lock();
        try {
            if (!mute) {
                send(NOTHING, end);
            }
        } finally {
            lock.unlock();
        }
        shut(from);
    }

    private void passUnfinished(byte[] bytes) {
        lock.lock();
        try {
            if (!mute) {
                send(bytes, null);
            }
        } finally {
            lock.unlock();
        }
    }

    private void copy(RespFrames frames) throws IOException {
        for (byte[] some = frames.some(); some.length > 0; some = frames.some()) {
            lock.lock();
            try {
                if (!awaitRoom()) {
                    return;
                }
                send(some, null);
            } finally {
                lock.unlock();
            }
        }
    }

    private boolean awaitRoom() {
        while (!mute && outgoingBytes > QUEUE_BYTES) {
            changed.awaitUninterruptibly();
        }
        return !mute;
    }

    /** Deals with one reply or push; true if only bytes follow. */
    private boolean arrived(Reply reply) {
        lock.lock();
        try {
            if (!awaitRoom()) {
                return false;
            }
            String kind = reply.first().toLowerCase(Locale.ROOT);
            boolean pubSub2 = reply.type() == '*' && subscriber && !resp3;
            if ((reply.type() == '>' || pubSub2) && SUBSCRIBING.contains(kind.toUpperCase(Locale.ROOT))) {
                confirmed(reply);
            } else if (reply.type() == '>' || (pubSub2 && MESSAGES.contains(kind))) {
                if (!proxy.everyone().pushesDropped() && !proxy.scopeOf(name).pushesDropped()) {
                    send(reply.bytes(), null);
                }
            } else {
                replied(reply);
            }
            answerWhatIsDue();
            return copying && !reply.error();
        } finally {
            lock.unlock();
        }
    }

    private void confirmed(Reply reply) {
        Expected head = expected.peek();
        if (head == null || !head.command.equalsIgnoreCase(reply.first())) {
            send(reply.bytes(), null); // More than we could foresee, as after UNSUBSCRIBE without a channel.
            return;
        }
        head.confirmations--;
        if (head.confirmations == 0) {
            expected.remove();
        }
        if (head.cut != null) {
            cutInside(reply, head.cut);
        } else {
            send(reply.bytes(), null);
        }
    }

    private void replied(Reply reply) {
        Expected head = expected.peek();
        while (head != null && head.subscribes() && (head.confirmed() || !reply.error())) {
            expected.remove();
            head = expected.peek();
        }
        expected.poll();
        if (head != null && head.cut != null) {
            cutInside(reply, head.cut);
        } else if (head != null && head.swap && held == null) {
            held = reply;
        } else {
            if (head != null && head.command.equals("HELLO") && !reply.error() && head.size > 1) {
                resp3 = reply.type() == '%';
            }
            sendInTurn(reply.bytes());
        }
    }

    private void answerWhatIsDue() {
        for (Expected head = expected.peek(); head != null && head.answer != null; head = expected.peek()) {
            expected.remove();
            sendInTurn(head.answer);
            if (head.cut != null) {
                send(NOTHING, head.cut.cut());
            }
        }
    }

    private void cutInside(Reply reply, Rule.CutAfter cut) {
        byte[] part = Arrays.copyOf(reply.bytes(), Math.min(cut.bytes(), reply.bytes().length));
        send(part, cut.cut());
    }

    private void sendInTurn(byte[] bytes) {
        send(bytes, null);
        if (held != null) {
            send(held.bytes(), null);
            held = null;
        }
    }

    private void send(byte[] bytes, @Nullable Cut end) {
        if (bytes.length == 0 && end == null) {
            return;
        }
        long delay = Math.max(proxy.everyone().delayNanos(), proxy.scopeOf(name).delayNanos());
        outgoing.add(new Outgoing(bytes, System.nanoTime() + delay, end));
        outgoingBytes += bytes.length;
        changed.signalAll();
    }

    private void deliver() {
        try {
            OutputStream out = client.getOutputStream();
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            while (true) {
                batch.reset();
                Cut end = takeDue(batch);
                if (end == null && batch.size() == 0) {
                    return;
                }
                write(out, batch.toByteArray());
                if (end != null) {
                    cut(end);
                    return;
                }
            }
        } catch (IOException e) {

            cut(Cut.RST); // The client is gone.
        } catch (InterruptedException e) {
            close(); // Nobody but the end of everything interrupts our threads.
        }
    }

    /** Waits for bytes whose time has come; nothing at all means that there will be no more. */
    private @Nullable Cut takeDue(ByteArrayOutputStream batch) throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                if (mute) {
                    return null;
                }
                boolean stalled =
                        proxy.everyone().repliesStalled() || proxy.scopeOf(name).repliesStalled();
                Outgoing next = stalled ? null : outgoing.peek();
                if (next == null) {
                    changed.awaitUninterruptibly();
                    continue;
                }
                long wait = next.due - System.nanoTime();
                if (wait > 0) {
                    changed.awaitNanos(wait);
                    continue;
                }
                return takeBatch(batch);
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Cut takeBatch(ByteArrayOutputStream batch) {
        long now = System.nanoTime();
        for (Outgoing next = outgoing.peek();
                next != null && next.due - now <= 0 && batch.size() < BATCH_BYTES;
                next = outgoing.peek()) {
            outgoing.remove();
            outgoingBytes -= next.bytes.length;
            batch.writeBytes(next.bytes);
            if (next.end != null) {
                changed.signalAll();
                return next.end;
            }
        }
        changed.signalAll();
        return null;
    }

    private void write(OutputStream out, byte[] bytes) throws IOException {
        int slice = Math.max(proxy.everyone().slice(), proxy.scopeOf(name).slice());
        if (slice == 0) {
            out.write(bytes);
            return;
        }
        for (int from = 0; from < bytes.length; from += slice) {
            out.write(bytes, from, Math.min(slice, bytes.length - from));
        }
    }

    /** Reads until the client has closed its side, so that a FIN stays a FIN; then lets the connection go. */
    private void drainClient() {
        try {
            byte[] buffer = new byte[1 << 12];
            while (client.getInputStream().read(buffer) >= 0) {
                // Into the void.
            }
        } catch (IOException e) {
            // Gone already.
        }
        awaitMute();
        shut(client);
    }

    /** A client may close its side first and still want the replies to what it has sent. */
    private void awaitMute() {
        lock.lock();
        try {
            clientGone = true;
            while (!mute) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void finish(@Nullable Socket socket) {
        try {
            if (socket != null && !socket.isClosed() && !socket.isOutputShutdown()) {
                socket.shutdownOutput();
            }
        } catch (IOException e) {
            shut(socket);
        }
    }

    private static void reset(@Nullable Socket socket) {
        try {
            if (socket != null && !socket.isClosed()) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            // Then it ends without ceremony.
        }
        shut(socket);
    }

    private static void shut(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            // Nothing is left to be closed.
        }
    }
}
