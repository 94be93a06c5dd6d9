package io.lumbung.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that nothing we start outlives this JVM.
 *
 * <p>One shell per JVM waits at the end of a pipe that only this JVM holds open. Whatever ends the JVM also closes the
 * pipe; the shell then sends KILL to every process whose number stands in a {@code .pid} file below our folder (TERM
 * would not end a stopped process), waits for them, and removes the folder. A process writes its number itself before it
 * becomes the program it was started for, so there is no moment at which it runs unknown to the shell.
 */
final class Watchdog {
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            while read -r _; do :; done
            gone="$1.gone"
            mv "$1" "$gone" || gone="$1"
            # How many of the processes still run; what is dead but not yet collected by its parent does not.
            kill_all() {
              alive=0
              for file in "$gone"/*/*.pid; do
                if [ -s "$file" ] && read -r pid < "$file" && kill -KILL "$pid"; then
                  state=?
                  if [ -r "/proc/$pid/stat" ]; then read -r _ _ state _ < "/proc/$pid/stat"; fi
                  case $state in Z|X) ;; *) alive=$((alive + 1)) ;; esac
                fi
              done
            }
            kill_all
            # One that was being started when the pipe closed has written its number by now, or never runs.
            sleep 0.02 || sleep 1
            round=0
            kill_all
            while [ $alive -gt 0 ] && [ $round -lt 50 ]; do
              sleep 0.02 || sleep 1
              round=$((round + 1))
              kill_all
            done
            rm -rf -- "$gone" || rm -rf -- "$gone"
            """;

    static final String PID_FILE = ".pid";

    private static final Object LOCK = new Object();
    private static final AtomicLong FOLDERS = new AtomicLong();
    private static @Nullable Watchdog current;

    private final Process shell;
    private final Path base;

    private Watchdog(Process shell, Path base) {
        this.shell = shell;
        this.base = base;
    }

    /** A new empty folder, readable by this user only, that ends with this JVM. */
    static Path newFolder(String name) {
        try {
            return Files.createDirectory(running().base.resolve(name + "-" + FOLDERS.incrementAndGet()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a folder for " + name + " under java.io.tmpdir", e);
        }
    }

    /** Prefixes a command so that its process gets its own session, out of reach of a Ctrl-C meant for this JVM. */
    static List<String> inOwnSession(List<String> command) {
        for (String folder : new String[] {"/usr/bin/setsid", "/bin/setsid"}) {
            if (Files.isExecutable(Path.of(folder))) {
                List<String> all = new ArrayList<>();
                all.add(folder);
                all.addAll(command);
                return all;
            }
        }
        return command;
    }

    private static Watchdog running() throws IOException {
        synchronized (LOCK) {
            Watchdog watchdog = current;
            if (watchdog == null || !watchdog.shell.isAlive()) {
                watchdog = start();
                current = watchdog;
            }
            return watchdog;
        }
    }

    private static Watchdog start() throws IOException {
        Path base = Files.createTempDirectory("lumbung-embedded-").toRealPath();
        Process shell = new ProcessBuilder(
                        inOwnSession(List.of("/bin/sh", "-c", SCRIPT, "lumbung-watchdog", base.toString())))
                .directory(Path.of("/").toFile())
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        return new Watchdog(shell, base);
    }
}
