package io.lumbung.spring.ratelimit;

import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.WhenDown;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/**
 * One rule: which requests, whose, and how many. Immutable.
 *
 * @param name what its limiter is called, so that no two rules share a counter
 * @param limits 1 to 8, named differently, all of which must admit a request
 * @param key {@code ip}, {@code user}, or the name of a {@link RateLimitKey} bean
 * @param paths path patterns as in {@code @RequestMapping}; none for a rule that is only named by {@link RateLimited}
 * @param methods of HTTP; none for all
 * @param cost what one request takes, 1 to the least capacity of the limits
 * @param whenDown what is answered while Redis does not
 * @param shadow whether it only counts and refuses nobody
 * @param bareKeys whether its keys carry no name, {@code app:ratelimit:IP}: for one rule, by {@code ip}
 */
public record RateLimitRule(
        String name,
        List<RateLimit> limits,
        String key,
        List<String> paths,
        Set<String> methods,
        long cost,
        WhenDown whenDown,
        boolean shadow,
        boolean bareKeys) {
    static final String IP = "ip";
    static final String USER = "user";
    private static final int MOST_LIMITS = 8;

    public RateLimitRule {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(whenDown, "whenDown");
        limits = List.copyOf(limits);
        paths = List.copyOf(paths);
        methods = Set.copyOf(
                methods.stream().map(method -> method.toUpperCase(Locale.ROOT)).toList());
        if (limits.isEmpty() || limits.size() > MOST_LIMITS) {
            throw new IllegalArgumentException(
                    "rule '" + name + "' needs 1 to " + MOST_LIMITS + " limits, has " + limits.size());
        }
        Set<String> names = new HashSet<>();
        for (RateLimit limit : limits) {
            if (!names.add(limit.name())) {
                throw new IllegalArgumentException("rule '" + name + "' has two limits named '" + limit.name()
                        + "'; give one of them another name");
            }
        }
        if (cost < 1 || cost > capacity(limits)) {
            throw new IllegalArgumentException("the cost of rule '" + name + "' must be 1 to " + capacity(limits)
                    + ", what its limits give at once, was " + cost);
        }
        if (bareKeys && !key.equals(IP)) {
            throw new IllegalArgumentException("rule '" + name + "' counts by '" + key
                    + "': only a rule by ip can have bare keys, others would be taken for another rule's");
        }
    }

    /** Limits by address, for every path and method, at a cost of 1, allowing all while Redis is down. */
    public static RateLimitRule of(String name, RateLimit... limits) {
        return new RateLimitRule(name, List.of(limits), IP, List.of("/**"), Set.of(), 1, WhenDown.ALLOW, false, false);
    }

    /** This rule with another key. */
    public RateLimitRule by(String otherKey) {
        return new RateLimitRule(name, limits, otherKey, paths, methods, cost, whenDown, shadow, bareKeys);
    }

    /** This rule for these paths. */
    public RateLimitRule onPaths(String... patterns) {
        return new RateLimitRule(name, limits, key, List.of(patterns), methods, cost, whenDown, shadow, bareKeys);
    }

    /** This rule for these methods of HTTP. */
    public RateLimitRule onMethods(String... some) {
        return new RateLimitRule(name, limits, key, paths, Set.of(some), cost, whenDown, shadow, bareKeys);
    }

    /** This rule at another cost. */
    public RateLimitRule costing(long permits) {
        return new RateLimitRule(name, limits, key, paths, methods, permits, whenDown, shadow, bareKeys);
    }

    /** This rule with another answer while Redis is down. */
    public RateLimitRule whenDown(WhenDown policy) {
        return new RateLimitRule(name, limits, key, paths, methods, cost, policy, shadow, bareKeys);
    }

    /** This rule, counting only. */
    public RateLimitRule inShadow() {
        return new RateLimitRule(name, limits, key, paths, methods, cost, whenDown, true, bareKeys);
    }

    long capacity() {
        return capacity(limits);
    }

    private static long capacity(List<RateLimit> limits) {
        return limits.stream().mapToLong(RateLimit::capacity).min().orElse(1);
    }
}
