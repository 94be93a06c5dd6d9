package io.lumbung.doctor;

import java.util.Objects;

/**
 * Something about a server that should be changed.
 *
 * @param server {@code host:port}, or the master as Sentinels call it
 * @param problem what is wrong and what it leads to, as a sentence without its full stop
 * @param fix what to do, ready to be pasted where possible, as a sentence without its full stop
 */
public record Finding(String server, String problem, String fix) {
    public Finding {
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(fix, "fix");
    }

    /** Server, problem and fix as one text. */
    @Override
    public String toString() {
        return server + ": " + problem + ". " + fix + ".";
    }
}
