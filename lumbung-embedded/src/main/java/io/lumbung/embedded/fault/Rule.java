package io.lumbung.embedded.fault;

import io.lumbung.embedded.fault.RespFrames.Request;
import java.util.Locale;

/** One fault that waits for the n-th command of a name. Guarded by the proxy's rule lock. */
final class Rule {
    /** What happens to the command. */
    sealed interface Action permits Answer, CutBefore, CutAfter, Swap {}

    record Answer(String reply) implements Action {}

    record CutBefore(Cut cut) implements Action {}

    record CutAfter(int bytes, Cut cut) implements Action {}

    record Swap() implements Action {}

    private final Scope scope;
    private final String command;
    private final Action action;
    private int left;

    Rule(Scope scope, String command, int n, Action action) {
        if (n < 1) {
            throw new IllegalArgumentException("n counts from 1, was " + n);
        }
        if (command.isBlank()) {
            throw new IllegalArgumentException("which command?");
        }
        this.scope = scope;
        this.command = command.strip().toUpperCase(Locale.ROOT);
        this.left = n;
        this.action = action;
    }

    Action action() {
        return action;
    }

    /** Counts the command if it is one of ours; true if it is the n-th. */
    boolean hits(Request request, String connectionName) {
        boolean ours = command.equals(request.name()) || command.equals(request.nameAndSubcommand());
        return ours && scope.covers(connectionName) && --left == 0;
    }
}
