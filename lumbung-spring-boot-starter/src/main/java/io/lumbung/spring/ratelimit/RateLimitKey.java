package io.lumbung.spring.ratelimit;

import io.lumbung.key.Key;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Says whom a request counts for: a tenant, an API key, whatever can be read from it. A rule names the bean:
 * {@code key: apiKey}; {@code ip} and {@code user} are there already.
 *
 * <p>Called once for every request the rule matches, by many threads at once. What a caller may choose freely makes as
 * many subjects as he likes: give him a limit by address as well. A long key is hashed.
 */
@FunctionalInterface
public interface RateLimitKey {
    /** Whom {@code request} counts for; empty if the rule does not concern it. */
    Optional<Key> of(HttpServletRequest request);

    /**
     * Whether it needs to know who is logged in. Its rules are then decided after authentication, before the controller;
     * all others before, so that they protect the login itself.
     */
    default boolean afterLogin() {
        return false;
    }
}
