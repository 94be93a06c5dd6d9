package io.lumbung.lock;

import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.RespConnection;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What scripts did to locks on one server, in the order in which the server did it, as MONITOR tells. Times are put on the
 * clock of {@link System#nanoTime()}, for server and test share a machine.
 */
final class LockTrace implements AutoCloseable {
    private static final Pattern LINE = Pattern.compile("(\\d+)\\.(\\d{6}) \\[\\d+ ([^]]*)] \"([^\"]*)\"(.*)");
    private static final Pattern ARGUMENT = Pattern.compile(" \"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern KEY = Pattern.compile("\\{?app:lock:([a-z0-9-]+)}?(?::(fence|queue|waiters|value))?");

    private final RedisServer server;
    private volatile RespConnection connection;
    private volatile boolean closed;
    private final Thread reader;
    private final List<Step> steps = new ArrayList<>();
    /** A grant of which is not known yet whether it was one, and what the same script did then. */
    private @Nullable Step asked;

    private final List<Step> sinceAsked = new ArrayList<>();
    /** By the server's clock, how many ns to add. */
    private final NavigableMap<Long, Long> clocks = new ConcurrentSkipListMap<>();

    enum Kind {
        /** It was given to an owner, with a fence, for so many ms. */
        GRANTED,
        /** It lasts for so many ms from now. */
        LASTS,
        /** It is free. */
        FREED,
        /** An owner stands in the queue, or says again that it does. */
        QUEUED,
        /** An owner does not any more. */
        UNQUEUED,
        /** Somebody is woken. */
        WOKEN,
        /** The value guarded by the fence was written. */
        WRITTEN,
        /** A value that nothing guards was written. */
        PLAIN
    }

    /**
     * @param owner empty where there is none
     * @param fence 0 where there is none
     * @param millis 0 where there are none
     * @param micros by the server's clock
     */
    record Step(Kind kind, String lock, String owner, long fence, long millis, long micros) {}

    private LockTrace(RedisServer server) {
        this.server = server;
        this.connection = server.connect();
        this.reader = LockBench.daemon(this::read, "lock-trace");
    }

    /** Begins to listen, and hears all that is sent from now on. */
    static LockTrace of(RedisServer server) {
        LockTrace trace = new LockTrace(server);
        trace.lookAtTheClocks();
        trace.listen();
        trace.reader.start();
        return trace;
    }

    private void listen() {
        connection.timeout(Duration.ofMinutes(30));
        connection.command("MONITOR");
    }

    /** What happened so far. */
    List<Step> steps() {
        synchronized (steps) {
            return List.copyOf(steps);
        }
    }

    /** How often {@code kind} happened so far. */
    long count(Kind kind) {
        synchronized (steps) {
            return steps.stream().filter(step -> step.kind() == kind).count();
        }
    }

    /** When a step happened, by {@link System#nanoTime()}. */
    long nanos(Step step) {
        Map.Entry<Long, Long> nearest = clocks.floorEntry(step.micros());
        return step.micros() * 1_000 + (nearest == null ? clocks.firstEntry() : nearest).getValue();
    }

    /** By how many ns the two clocks moved apart between two looks at them, at most. */
    long drift() {
        long most = 0;
        long last = clocks.firstEntry().getValue();
        for (long offset : clocks.values()) {
            most = Math.max(most, Math.abs(offset - last));
            last = offset;
        }
        return most;
    }

    private void read() {
        while (!closed) {
            try {
                if (connection.read() instanceof String line) {
                    heard(line);
                }
            } catch (UncheckedIOException e) {
                // A server that is made master sends everybody away, and is there at once for those who come back.
                if (closed || !reconnected()) {
                    return;
                }
            }
        }
    }

    private boolean reconnected() {
        try {
            connection = server.connect();
            listen();
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    private void heard(String text) {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
            return;
        }
        long micros = Long.parseLong(line.group(1)) * 1_000_000 + Long.parseLong(line.group(2));
        if (micros - clocks.lastKey() > 1_000_000) {
            lookAtTheClocks();
        }
        boolean script = line.group(3).equals("lua");
        String command = line.group(4);
        if (!script && !command.equals("SET")) {
            return;
        }
        List<String> arguments = new ArrayList<>();
        Matcher argument = ARGUMENT.matcher(line.group(5));
        while (argument.find()) {
            arguments.add(argument.group(1));
        }
        if (command.equals("PUBLISH")) {
            add(new Step(Kind.WOKEN, "", arguments.get(1), 0, 0, micros));
            return;
        }
        Matcher key = KEY.matcher(arguments.isEmpty() ? "" : arguments.get(0));
        if (!key.matches()) {
            return;
        }
        String lock = key.group(1);
        String what = (key.group(2) == null ? "lock" : key.group(2)) + ' ' + command;
        if (!script) {
            if (what.equals("value SET")) {
                add(owned(Kind.PLAIN, lock, arguments.get(1), 0, micros));
            }
        } else if (what.equals("lock SET")) {
            asked = owned(Kind.GRANTED, lock, arguments.get(1), Long.parseLong(arguments.get(4)), micros);
        } else if (what.equals("fence SET") || what.equals("fence SETRANGE")) {
            granted(lock, true);
        } else if (what.equals("lock GET") || what.equals("lock MGET")) {
            granted(lock, false);
        } else if (what.equals("queue ZREM")) {
            for (String owner : arguments.subList(1, arguments.size())) {
                add(new Step(Kind.UNQUEUED, lock, owner, 0, 0, micros));
            }
        } else {
            Step step = step(what, lock, arguments, micros);
            if (step != null) {
                add(step);
            }
        }
    }

    /** What follows a SET NX in its script tells whether it was done: a fence that is kept, or a look at who has it. */
    private void granted(String lock, boolean done) {
        Step step = asked;
        if (step == null) {
            return;
        }
        asked = null;
        synchronized (steps) {
            if (done && step.lock().equals(lock)) {
                steps.add(step);
            }
            steps.addAll(sinceAsked);
            sinceAsked.clear();
        }
    }

    private void add(Step step) {
        synchronized (steps) {
            (asked == null ? steps : sinceAsked).add(step);
        }
    }

    private static @Nullable Step step(String what, String lock, List<String> arguments, long micros) {
        return switch (what) {
            case "lock PEXPIRE" -> new Step(Kind.LASTS, lock, "", 0, Long.parseLong(arguments.get(1)), micros);
            case "lock DEL" -> new Step(Kind.FREED, lock, "", 0, 0, micros);
            case "queue ZADD" -> new Step(Kind.QUEUED, lock, arguments.get(3), 0, 0, micros);
            case "value HSET" ->
                new Step(Kind.WRITTEN, lock, arguments.get(4), Long.parseLong(arguments.get(2)), 0, micros);
            default -> null;
        };
    }

    private static Step owned(Kind kind, String lock, String ownerAndFence, long millis, long micros) {
        int bar = ownerAndFence.indexOf('|');
        return new Step(
                kind,
                lock.replace("-plain", ""),
                ownerAndFence.substring(0, bar),
                Long.parseLong(ownerAndFence.substring(bar + 1)),
                millis,
                micros);
    }

    private void lookAtTheClocks() {
        long best = Long.MAX_VALUE;
        long now = 0;
        long offset = 0;
        for (int i = 0; i < 5; i++) {
            long before = System.nanoTime();
            long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
            long took = System.nanoTime() - before;
            if (took < best) {
                best = took;
                now = micros;
                offset = before + took / 2 - micros * 1_000;
            }
        }
        clocks.put(now, offset);
    }

    @Override
    public void close() {
        closed = true;
        connection.close();
    }
}
