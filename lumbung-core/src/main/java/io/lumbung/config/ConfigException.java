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

    /**
     * For settings that are not in {@link LumbungConfig#settings()}, because there is one per cache or rule.
     *
     * @param setting its name, as its author wrote it
     * @param value shown in quotes, shortened, without what could be a password; {@code null} if there is none
     * @param problem what is wrong, in one clause
     * @param fix what to do about it, in one sentence without its full stop
     */
    public static ConfigException of(String setting, @Nullable String value, String problem, String fix) {
        return new ConfigException(setting, value == null ? null : Shown.plain(value), problem, fix);
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
