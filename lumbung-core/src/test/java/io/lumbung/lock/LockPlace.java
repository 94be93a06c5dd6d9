package io.lumbung.lock;

import io.lumbung.embedded.fault.ChildJvm;
import io.lumbung.lock.LockHistory.Life;
import io.lumbung.lock.LockHistory.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** Where a process of {@link LockWorkers} works, and after it was killed another one. */
final class LockPlace implements AutoCloseable {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final List<String> SMALL =
            List.of("-Xss256k", "-Xmx128m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final List<String> options;
    private final List<String> arguments;
    private final List<Life> lives = new ArrayList<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile List<Span> pauses = new CopyOnWriteArrayList<>();
    private volatile ChildJvm child;
    private long seed;

    private LockPlace(List<String> options, long seed, List<String> arguments) {
        this.options = options;
        this.seed = seed;
        this.arguments = arguments;
        this.child = start();
    }

    /** @param arguments those of {@link LockWorkers} but for the seed */
    static LockPlace start(long seed, String... arguments) {
        return new LockPlace(SMALL, seed, List.of(arguments));
    }

    /**
     * With scripts that are not ours.
     *
     * @param scripts a folder in which they are found first
     */
    static LockPlace start(String scripts, long seed, String... arguments) {
        List<String> options = new ArrayList<>(SMALL);
        options.add("-Xbootclasspath/a:" + scripts);
        return new LockPlace(options, seed, List.of(arguments));
    }

    private ChildJvm start() {
        List<String> all = new ArrayList<>(List.of(String.valueOf(seed++)));
        all.addAll(arguments);
        return ChildJvm.start(options, LockWorkers.class, all.toArray(String[]::new));
    }

    LockPlace ready() throws InterruptedException {
        child.awaitLine("ready"::equals, LONG);
        return this;
    }

    /** Whether it is ours to disturb now; give it back by {@link #leave()}. */
    boolean enter() {
        return busy.compareAndSet(false, true);
    }

    void leave() {
        busy.set(false);
    }

    /** Stops it in its tracks until what is returned runs. */
    Runnable pause() {
        long from = System.nanoTime();
        child.pause();
        return () -> {
            child.resume();
            pauses.add(new Span(from, System.nanoTime()));
        };
    }

    /** Kills the process and starts another one. */
    void replace() throws InterruptedException {
        long ended = System.nanoTime();
        child.kill();
        child.awaitExit(LONG);
        lives.add(new Life(child.lines(), pauses, ended));
        child.close();
        pauses = new CopyOnWriteArrayList<>();
        child = start();
        ready();
    }

    void stop() {
        child.send("stop");
    }

    void awaitStopped() throws InterruptedException {
        child.awaitLine("stopped"::equals, LONG);
    }

    /** What the owners of the process that lives begin with. */
    Set<String> names() {
        return child.lines().stream()
                .filter(line -> line.startsWith("! P "))
                .map(line -> line.substring(4))
                .collect(Collectors.toSet());
    }

    /** All processes that worked here. */
    List<Life> lives() {
        List<Life> all = new ArrayList<>(lives);
        all.add(new Life(child.lines(), pauses, System.nanoTime()));
        return all;
    }

    long pid() {
        return child.pid();
    }

    @Override
    public void close() {
        child.close();
    }
}
