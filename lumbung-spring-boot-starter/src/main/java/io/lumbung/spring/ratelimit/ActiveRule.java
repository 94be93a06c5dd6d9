package io.lumbung.spring.ratelimit;

import io.lumbung.key.Key;
import io.lumbung.ratelimit.RateLimiter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Optional;
import org.springframework.web.util.pattern.PathPattern;

/** A rule at work. Immutable; equal only to itself, which is quickly found out. */
final class ActiveRule {
    private static final int LONGEST_KEY = 200;

    private final RateLimitRule rule;
    private final RateLimiter limiter;
    private final RateLimitKey key;
    private final List<PathPattern> patterns;

    ActiveRule(RateLimitRule rule, RateLimiter limiter, RateLimitKey key, List<PathPattern> patterns) {
        this.rule = rule;
        this.limiter = limiter;
        this.key = key;
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
        return (rule.methods().isEmpty() || rule.methods().contains(request.getMethod())) && paths.match(patterns);
    }

    /** Whom {@code request} counts for; a key too long for Redis is hashed, whoever sent it. */
    Optional<Key> subject(HttpServletRequest request) {
        return key.of(request)
                .map(subject -> subject.text().length() > LONGEST_KEY ? Key.hashed(subject.text()) : subject);
    }
}
