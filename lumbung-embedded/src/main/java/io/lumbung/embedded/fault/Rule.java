package io.lumbung.embedded.fault;

import io.lumbung.embedded.fault.RespFrames.Request;
import java.util.Locale;

/** One fault that waits for the n-th command of a name, or for {@link #EVERY} one. Guarded by the proxy's rule lock. */
final class Rule {
    /** What happens to the command. */
    sealed interface Action permits Answer, CutBefore, CutAfter, Swap {}

    record Answer(String reply) implements Action {}

    record CutBefore(Cut cut) implements Action {}

    record CutAfter(int bytes, Cut cut) implements Action {}

    record Swap() implements Action {}

    static final int EVERY = 0;

    private final Scope scope;
    private final String command;
    private final Action action;
    private final boolean spends;
    private int left;

    Rule(Scope scope, String command, int n, Action action) {
        if (command.isBlank()) {
            throw new IllegalArgumentException("which command?");
        }
        this.scope = scope;
        this.command = command.strip().toUpperCase(Locale.ROOT);
        this.left = n;
        this.spends = n != EVERY;
        this.action = action;
    }

    Action action() {
        return action;
    }

    /** Counts the command if it is one of ours; true if it is the one waited for. */
    boolean hits(Request request, String connectionName) {
        boolean ours = command.equals(request.name()) || command.equals(request.nameAndSubcommand());
        if (!ours || !scope.covers(connectionName)) {
            return false;
        }
        return !spends || --left == 0;
    }

    /** Whether it happens only once. */
    boolean happensOnce() {
        return spends;
    }
}
