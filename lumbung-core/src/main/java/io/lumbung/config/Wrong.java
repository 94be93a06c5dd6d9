package io.lumbung.config;

import org.jspecify.annotations.Nullable;

/** A text that does not make a value; the setting it was meant for turns it into a {@link ConfigException}. */
final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    private final String problem;
    private final @Nullable String fix;

    Wrong(String problem) {
        this(problem, null);
    }

    /** @param fix what to do, if that is more than giving a value of the expected form */
    Wrong(String problem, @Nullable String fix) {
        super(problem, null, false, false);
        this.problem = problem;
        this.fix = fix;
    }

    String problem() {
        return problem;
    }

    @Nullable
    String fix() {
        return fix;
    }
}
