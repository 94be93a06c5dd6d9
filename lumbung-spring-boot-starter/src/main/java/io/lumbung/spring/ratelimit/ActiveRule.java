package io.lumbung.spring.ratelimit;

import io.lumbung.key.Key;
import io.lumbung.ratelimit.RateLimiter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.util.pattern.PathPattern;

/** A rule at work. Immutable; equal only to itself, which is quickly found out. */
final class ActiveRule {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.ratelimit");
    private static final int LONGEST_KEY = 200;

    private final RateLimitRule rule;
    private final RateLimiter limiter;
    private final RateLimitKey key;
    private final RateLimitKey address;
    private final List<PathPattern> patterns;

    /** @param address counts for those whose key cannot be one */
    ActiveRule(
            RateLimitRule rule,
            RateLimiter limiter,
            RateLimitKey key,
            RateLimitKey address,
            List<PathPattern> patterns) {
        this.rule = rule;
        this.limiter = limiter;
        this.key = key;
        this.address = address;
        this.patterns = List.copyOf(patterns);
    }

    RateLimitRule rule() {
        return rule;
    }

    RateLimiter limiter() {
        return limiter;
    }

    String name() {
        return rule.name();
    }

    boolean afterLogin() {
        return key.afterLogin();
    }

    boolean matches(HttpServletRequest request, RequestPaths paths) {
        return (rule.methods().isEmpty() || isListed(request.getMethod())) && paths.match(patterns);
    }

    // Spring hands HEAD to whoever answers GET.
    private boolean isListed(String method) {
        return rule.methods().contains(method)
                || method.equals("HEAD") && rule.methods().contains("GET");
    }

    /**
     * Whom {@code request} counts for; a key too long for Redis is hashed, whoever sent it, and what cannot be a key counts
     * for the address it comes from.
     */
    Optional<Key> subject(HttpServletRequest request) {
        return given(request)
                .map(subject -> subject.text().length() > LONGEST_KEY ? Key.hashed(subject.text()) : subject);
    }

    private Optional<Key> given(HttpServletRequest request) {
        try {
            Optional<Key> subject = key.of(request);
            if (subject.isEmpty() || !subject.get().text().isBlank()) {
                return subject;
            }
        } catch (IllegalArgumentException e) {
            log.debug("rule {}: a request's key cannot be one: {}", name(), e.getMessage());
        }
        return address.of(request).map(ip -> Key.of("ip").then(ip));
    }
}
