package io.lumbung.service.database;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A shell that reads from a pipe this process holds and never writes to. When the process ends, by whatever signal, the
 * pipe closes; then the shell stops the PostgreSQL of one data folder, if it still runs, and removes the folder.
 *
 * <p>The server is stopped at once and without tidying up, because its data goes too. A stopped server has removed its
 * pid file; its process may stay visible as a zombie for seconds, so nobody waits for that.
 */
final class Reaper implements Closeable {

    private static final String SCRIPT = """
            trap '' INT TERM HUP
            while read -r _; do :; done
            pidfile="$1/postmaster.pid"
            if [ -f "$pidfile" ]; then
              read -r pid < "$pidfile"
              kill -QUIT "$pid"
              n=0
              while [ -f "$pidfile" ] && kill -0 "$pid" && [ $n -lt 40 ]; do n=$((n+1)); sleep 0.05; done
              if [ -f "$pidfile" ]; then kill -KILL "$pid"; fi
            fi
            rm -rf "$1"
            """;

    private final Process shell;

    private Reaper(Process shell) {
        this.shell = shell;
    }

    static Reaper watch(Path data) throws IOException {
        return new Reaper(new ProcessBuilder("/bin/sh", "-c", SCRIPT, "lumbung-postgres-reaper", data.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    @Override
    public void close() throws IOException {
        shell.getOutputStream().close();
    }
}
