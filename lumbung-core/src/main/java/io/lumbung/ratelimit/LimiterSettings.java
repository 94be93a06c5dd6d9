package io.lumbung.ratelimit;

import io.lumbung.key.Key;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** One limiter as declared, checked. Immutable. */
record LimiterSettings(
        String name,
        List<RateLimit> limits,
        WhenDown whenDown,
        Duration deadline,
        boolean shadow,
        boolean bareKeys,
        Duration longestDeadline) {
    private static final int MOST_LIMITS = 8;
    private static final int LONGEST_NAME = 64;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

    LimiterSettings {
        limits = List.copyOf(limits);
        if (limits.isEmpty() || limits.size() > MOST_LIMITS) {
            throw new IllegalArgumentException("limiter '" + name + "' needs 1 to " + MOST_LIMITS + " limits, has "
                    + limits.size() + "; declare them with limits(RateLimit.perMinute(100))");
        }
        Set<String> names = new HashSet<>();
        for (RateLimit limit : limits) {
            if (!names.add(limit.name())) {
                throw new IllegalArgumentException("limiter '" + name + "' has two limits named '" + limit.name()
                        + "'; give one of them another name with named(..)");
            }
        }
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(longestDeadline) > 0) {
            throw new IllegalArgumentException("deadline must be more than 0 and at most the read timeout, "
                    + longestDeadline + ", was " + deadline + "; or raise lumbung.redis.read-timeout");
        }
    }

    static String checkedName(String name) {
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name.substring(0, Math.min(name.length(), LONGEST_NAME))
                    + "' cannot name a rate limiter: use 1 to " + LONGEST_NAME
                    + " letters, digits, '_', '.' and '-'");
        }
        return name;
    }

    /** The least capacity: what more than this can never be had at once. */
    long capacity() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < limits.size(); i++) {
            least = Math.min(least, limits.get(i).capacity());
        }
        return least;
    }

    void checkCost(long cost, long least) {
        if (cost < least) {
            throw new IllegalArgumentException("cost must be at least " + least + ", was " + cost);
        }
        long capacity = capacity();
        if (cost > capacity) {
            throw new IllegalArgumentException("cost " + cost + " can never succeed: limiter '" + name
                    + "' gives at most " + capacity + " at once; ask for less, or raise the limit");
        }
    }

    void checkSubject(Key subject) {
        if (subject.text().isBlank()) {
            throw new IllegalArgumentException("a subject must not be blank: all who have none would share one limit");
        }
        if (bareKeys && subject.text().indexOf(':') >= 0) {
            throw new IllegalArgumentException("limiter '" + name + "' has bare keys, so a subject is one part, was '"
                    + subject + "': its first part would be taken for another limiter's name");
        }
    }

    @Override
    public String toString() {
        return limits + ", when Redis is down " + whenDown + ", deadline " + deadline + (shadow ? ", in shadow" : "")
                + (bareKeys ? ", bare keys" : "");
    }
}
