package io.lumbung.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A child process that ends with this JVM, however this JVM ends.
 *
 * <p>Works on Linux and macOS; needs {@code /bin/sh}. Safe to use from any thread.
 */
public final class GuardedProcess implements AutoCloseable {
    private static final String REGISTER_THEN_EXEC = "echo $$ > \"$0\" && exec \"$@\"";
    private static final AtomicLong STARTS = new AtomicLong();
    private static final Duration GONE = Duration.ofSeconds(5);

    /** A file may come or go while a folder is walked; it cannot do so for ever, for nobody is left to do it. */
    private static final int REMOVALS = 5;

    private final Process process;
    private final Path folder;

    private GuardedProcess(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /**
     * Starts {@code command} in a folder of its own, with pipes for input and output; standard error joins the output.
     *
     * @throws UncheckedIOException if no process could be made at all; a command that cannot be executed shows as an
     *     exit code of 126 or 127
     */
    public static GuardedProcess start(String name, List<String> command) {
        return start(Watchdog.newFolder(name), command, Redirect.PIPE);
    }

    /** Starts {@code command} with {@code folder} (from {@link Watchdog#newFolder}) as its own. */
    @SuppressWarnings(
            "FutureReturnValueIgnored") // Nobody waits for a file's removal, and a file that stays does no harm.
    static GuardedProcess start(Path folder, List<String> command, Redirect output) {
        Path pidFile = folder.resolve(STARTS.incrementAndGet() + Watchdog.PID_FILE);
        List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", REGISTER_THEN_EXEC, pidFile.toString()));
        all.addAll(Watchdog.inOwnSession(command));
        try {
            ProcessBuilder builder = new ProcessBuilder(all)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output);
            if (!output.equals(Redirect.PIPE)) {
                builder.redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
            }
            Process process = builder.start();
            // Once it is gone the system may give its number to somebody the watchdog must not kill.
            process.onExit().thenRun(() -> pidFile.toFile().delete());
            return new GuardedProcess(process, folder);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        }
    }

    /** The number the operating system gave it. */
    public long pid() {
        return process.pid();
    }

    /** Whether it still runs; a paused process does. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Its exit code, 128 + the signal's number if a signal ended it; empty while it runs. */
    public OptionalInt exitValue() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    /** Waits until it has ended and returns its exit code. */
    public int awaitExitValue() throws InterruptedException {
        return process.waitFor();
    }

    /** What it prints. */
    public InputStream output() {
        return process.getInputStream();
    }

    /** What it reads. */
    public OutputStream input() {
        return process.getOutputStream();
    }

    /** Stops it in its tracks (SIGSTOP) and returns once it stands still. */
    public void pause() {
        signal("STOP");
        awaitStopped();
    }

    /** Lets a paused process go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    /** Ends it without a chance to tidy up (SIGKILL) and returns once it is gone. Its files stay. Idempotent. */
    public void kill() {
        process.destroyForcibly();
        if (!awaitExit(GONE)) {
            throw new IllegalStateException("process " + pid() + " is still there " + GONE + " after SIGKILL");
        }
    }

    /** Ends it and removes its folder. Idempotent. */
    @Override
    public void close() {
        kill();
        remove(folder);
    }

    /** Waits until the process has ended; false if it still runs after {@code atMost}. */
    boolean awaitExit(Duration atMost) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                try {
                    return process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Removes a folder and all in it; what vanishes meanwhile is not missed. */
    static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                deleteAll(folder);
                return;
            } catch (IOException | UncheckedIOException e) {
                if (attempt == REMOVALS) {
                    throw new IllegalStateException("cannot remove " + folder, e);
                }
            }
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException gone) {
            // Just what we wanted.
        }
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + name + " " + pid())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            if (!process.isAlive() || kill.waitFor() != 0) {
                throw new IllegalStateException("process " + pid() + " is gone, cannot send it SIG" + name);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot send SIG" + name + " to " + pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + name + " to " + pid(), e);
        }
    }

    // The signal is on its way when kill(1) returns; a test that pauses wants it to have arrived.
    private void awaitStopped() {
        Path stat = Path.of("/proc/" + pid() + "/stat");
        for (int round = 0; round < 1_000 && Files.isReadable(stat); round++) {
            try {
                String line = Files.readString(stat);
                if (line.startsWith("T", line.lastIndexOf(')') + 2)) {
                    return;
                }
            } catch (IOException gone) {
                return;
            }
            if (awaitExit(Duration.ofMillis(1))) {
                return;
            }
        }
    }
}
