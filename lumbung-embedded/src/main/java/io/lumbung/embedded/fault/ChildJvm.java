package io.lumbung.embedded.fault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lumbung.embedded.GuardedProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A second JVM with the class path of this one, to be killed or frozen in the middle of its work.
 *
 * <p>It speaks to its parent in lines: what its {@code main} prints, errors included, is kept from the first line to the
 * last; what the parent sends arrives at its {@code System.in}. It inherits {@code java.io.tmpdir} and every system
 * property that begins with {@code lumbung.}. It ends with this JVM however this JVM ends, and its own servers end with
 * it. Safe to use from any thread.
 */
public final class ChildJvm implements AutoCloseable {
    private static final int LINES_SHOWN = 20;

    private final String name;
    private final GuardedProcess process;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<String> lines = new ArrayList<>();
    private int looked;
    private boolean ended;

    private ChildJvm(String name, GuardedProcess process) {
        this.name = name;
        this.process = process;
    }

    /** Starts {@code main} with these arguments and returns at once. */
    public static ChildJvm start(Class<?> main, String... arguments) {
        return start(List.of(), main, arguments);
    }

    /**
     * Starts {@code main} in a JVM with options of its own and returns at once.
     *
     * @param options such as {@code -Xmx256m}
     */
    public static ChildJvm start(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
        for (String property : System.getProperties().stringPropertyNames()) {
            if (property.startsWith("lumbung.")) {
                command.add("-D" + property + "=" + System.getProperty(property));
            }
        }
        command.addAll(options);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        String name = main.getSimpleName();
        ChildJvm child = new ChildJvm(name, GuardedProcess.start("jvm-" + name, command));
        Link.daemon("child-jvm-" + child.pid(), child::readLines).start();
        return child;
    }

    /** The number the operating system gave it. */
    public long pid() {
        return process.pid();
    }

    /** Whether it still runs; a paused one does. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything it has printed so far. */
    public List<String> lines() {
        lock.lock();
        try {
            return List.copyOf(lines);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a line, beginning behind the one that the last call returned, and returns it.
     *
     * @throws IllegalStateException if it does not come within {@code atMost} or the child ends without it; the message
     *     shows what it printed last
     */
    public String awaitLine(Predicate<String> wanted, Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            int next = looked;
            while (true) {
                for (; next < lines.size(); next++) {
                    if (wanted.test(lines.get(next))) {
                        looked = next + 1;
                        return lines.get(next);
                    }
                }
                if (ended || left <= 0) {
                    throw new IllegalStateException(name + (ended ? " ended" : " waited " + atMost)
                            + " without the line. It printed last: " + tail());
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends one line to its standard input. */
    public void send(String line) {
        try {
            process.input().write((line + "\n").getBytes(UTF_8));
            process.input().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " takes no more input", e);
        }
    }

    /** Stops it in its tracks (SIGSTOP), as a very long garbage collection would. */
    public void pause() {
        process.pause();
    }

    /** Lets a paused child go on (SIGCONT). */
    public void resume() {
        process.resume();
    }

    /** Ends it without a chance to tidy up (SIGKILL) and returns once it is gone. Idempotent. */
    public void kill() {
        process.kill();
    }

    /** Its exit code, 128 + the signal's number if a signal ended it; empty while it runs. */
    public OptionalInt exitValue() {
        return process.exitValue();
    }

    /**
     * Waits until it has ended by itself and returns its exit code.
     *
     * @throws IllegalStateException if it still runs after {@code atMost}
     */
    public int awaitExit(Duration atMost) throws InterruptedException {
        long left = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (!ended) {
                if (left <= 0) {
                    throw new IllegalStateException(
                            name + " still runs after " + atMost + ". It printed last: " + tail());
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        return process.awaitExitValue();
    }

    /** Ends it and removes its folder. Idempotent. */
    @Override
    public void close() {
        process.close();
    }

    @Override
    public String toString() {
        return name + " in process " + pid();
    }

    private void readLines() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.output(), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                heard(line);
            }
        } catch (IOException e) {
            heard("(its output broke off: " + e.getMessage() + ")");
        }
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void heard(String line) {
        lock.lock();
        try {
            lines.add(line);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private String tail() {
        return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
    }
}
