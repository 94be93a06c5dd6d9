package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One lock that all callers want: one of them holds it for a moment, and all others wait. A turn's time is not how long its
 * caller waited, but from just before the lock was given back until the next caller had it. Whoever gave it back comes again
 * as soon as the next one has it, so that it is always handed over, and to one of as many.
 *
 * <p>A caller comes to any of the instances, another one each time. When a window is over, those who wait still get it.
 */
final class HandOvers implements Course<LockInstances> {

    private static final String NAME = "hand-over";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final int instances;
    private final Servers servers;
    private volatile Turnstile turnstile = new Turnstile();
    private @Nullable Tally last;

    HandOvers(int instances, Servers servers) {
        this.instances = instances;
        this.servers = servers;
    }

    /**
     * What a window shows besides its times.
     *
     * @param overtaken how often somebody got it although somebody else had come earlier
     * @param commands what the server executed meanwhile
     */
    record Tally(long handOvers, long overtaken, Duration longestWait, ExecutedCommands commands) {

        static final String COLUMNS = "overtaken,longest_wait_ms,server_commands,by_name";

        String line() {
            return String.format(
                    ROOT, "%d,%.1f,%d,%s", overtaken, longestWait.toNanos() / 1e6, commands.total(), commands);
        }

        /** How many of {@code events} there are for each hand-over. */
        double each(long events) {
            return (double) events / Math.max(handOvers, 1);
        }

        Tally plus(Tally other) {
            return new Tally(
                    handOvers + other.handOvers,
                    overtaken + other.overtaken,
                    longestWait.compareTo(other.longestWait) < 0 ? other.longestWait : longestWait,
                    commands.plus(other.commands));
        }
    }

    /** What the last window showed. */
    Tally last() {
        if (last == null) {
            throw new IllegalStateException("there was no window yet");
        }
        return last;
    }

    @Override
    public String turn() {
        return "hand-over";
    }

    @Override
    public int keys() {
        return instances;
    }

    @Override
    public void prepare(LockInstances contender) throws Exception {
        for (LockContender one : contender.all()) {
            for (LockContender other : contender.all()) {
                LockProof.demand(one, other);
            }
        }
    }

    @Override
    public void before(LockInstances contender) {
        servers.forgetCommands();
        turnstile = new Turnstile();
    }

    @Override
    public boolean run(LockInstances contender, int key) throws Exception {
        var lock = contender.all().get(key);
        var here = turnstile;
        here.comeApart();
        var arrival = here.arrive(System.nanoTime());
        Optional<Held> held = Optional.empty();
        try {
            held = lock.acquire(NAME, PATIENCE);
        } finally {
            if (held.isEmpty()) {
                here.giveUp(arrival);
            }
        }
        if (held.isEmpty()) {
            return false;
        }
        long now = System.nanoTime();
        int turn = here.enter(arrival, now);
        Turnstile.pauseUntil(now + HOLD_NANOS);
        boolean wanted = here.exit(System.nanoTime());
        held.get().release();
        if (wanted) {
            here.awaitNext(turn);
        }
        return true;
    }

    @Override
    public Window outcome(Window window) {
        var latency = turnstile.latency();
        last = new Tally(
                latency.getTotalCount(),
                turnstile.overtaken(),
                Duration.ofNanos(turnstile.longestWaitNanos()),
                servers.commands());
        return new Window(latency.getTotalCount(), window.misses(), window.elapsed(), latency, window.allocated());
    }

    @Override
    public String columns() {
        return "," + Tally.COLUMNS;
    }

    @Override
    public String notes() {
        return "," + last().line();
    }

    /**
     * The commands by name are in a line each below the table.
     *
     * @param tallies by callers and contender
     */
    static String table(Map<List<String>, Tally> tallies) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "callers",
                "contender",
                "hand-overs",
                "overtaken %",
                "longest wait ms",
                "scripts each",
                "messages each",
                "server commands each"));
        var names = new StringBuilder();
        tallies.forEach((who, tally) -> {
            var commands = tally.commands();
            rows.add(List.of(
                    who.get(0),
                    who.get(1),
                    String.format(ROOT, "%,d", tally.handOvers()),
                    String.format(ROOT, "%.2f", 100 * tally.each(tally.overtaken())),
                    String.format(ROOT, "%,.1f", tally.longestWait().toNanos() / 1e6),
                    String.format(ROOT, "%.2f", tally.each(commands.count("eval") + commands.count("evalsha"))),
                    String.format(ROOT, "%.2f", tally.each(commands.count("publish"))),
                    String.format(ROOT, "%.2f", tally.each(commands.total()))));
            names.append(String.join(" ", who))
                    .append(": ")
                    .append(commands.each(tally.handOvers()))
                    .append('\n');
        });
        return Table.layOut(2, rows) + '\n' + names;
    }
}
