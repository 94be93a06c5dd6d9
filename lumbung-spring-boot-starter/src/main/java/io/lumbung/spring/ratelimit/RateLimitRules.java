package io.lumbung.spring.ratelimit;

import java.util.Collection;
import java.util.List;

/**
 * The rules of this application, which can be changed while it runs: nothing is migrated and what was counted goes on
 * counting. A request that is under way meanwhile is decided by the rules that held when it came, with the limits that hold
 * when it is decided. Thread-safe.
 *
 * <p>Changes are of this instance; tell every instance, or change the file that all of them read.
 */
public interface RateLimitRules {
    /** The rules that hold now. */
    List<RateLimitRule> rules();

    /**
     * Reads the rules again from where they came: {@code lumbung.ratelimit.file}, or else the environment.
     *
     * @throws IllegalArgumentException if they are wrong; the old ones go on
     */
    void reload();

    /**
     * Lets these rules hold instead, until they are changed again, also by a file that changes.
     *
     * @throws IllegalArgumentException if two have one name, a key is unknown, a rule that {@link RateLimited} names is
     *     missing …; the old ones go on
     */
    void replace(Collection<RateLimitRule> rules);
}
