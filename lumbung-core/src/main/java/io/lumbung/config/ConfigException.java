package io.lumbung.config;

import org.jspecify.annotations.Nullable;

/**
 * A setting that cannot be obeyed, found before anything is connected.
 *
 * <p>The message names the setting as it was written, its value unless that is a secret, what is wrong, and the fix.
 */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String setting;
    private final String problem;
    private final String fix;

    ConfigException(String setting, @Nullable String shownValue, String problem, String fix) {
        super(setting + (shownValue == null ? "" : " is " + shownValue) + ": " + problem + ". " + fix + ".");
        this.setting = setting;
        this.problem = problem;
        this.fix = fix;
    }

    /** The setting as its author wrote it: {@code REDIS_PORT}, {@code lumbung.redis.port}, {@code .env line 3}. */
    public String setting() {
        return setting;
    }

    /** What is wrong, in one clause. */
    public String problem() {
        return problem;
    }

    /** What to do about it, in one sentence without its full stop. */
    public String fix() {
        return fix;
    }
}
