package io.lumbung.ratelimit;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The rules that limits share. */
final class LimitChecks {
    /** What a Lua number counts without rounding. */
    static final long LARGEST = 1L << 53;

    /** What keys and answers call something else. */
    private static final Set<String> RESERVED = Set.of("override", "blocked", "redis");

    private static final int LONGEST_NAME = 32;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]+");

    private LimitChecks() {}

    static String nameOf(Duration window) {
        window(window);
        return window.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    static void name(String name) {
        if (name.length() > LONGEST_NAME || !NAME.matcher(name).matches() || RESERVED.contains(name)) {
            throw new IllegalArgumentException("'" + name.substring(0, Math.min(name.length(), LONGEST_NAME))
                    + "' cannot name a limit: use 1 to " + LONGEST_NAME
                    + " letters, digits, '_', '.' and '-', and none of " + new TreeSet<>(RESERVED));
        }
    }

    static void permits(long permits) {
        if (permits < 1 || permits >= LARGEST) {
            throw new IllegalArgumentException("permits must be 1 to 2^53 - 1, was " + permits);
        }
    }

    static long window(Duration window) {
        Objects.requireNonNull(window, "window");
        if (window.compareTo(RateLimit.SHORTEST) < 0
                || window.compareTo(RateLimit.LONGEST) > 0
                || window.toNanosPart() % 1000 != 0) {
            throw new IllegalArgumentException(
                    "a window must be 10 ms to 366 days, in whole microseconds, was " + window);
        }
        return micros(window);
    }

    static long micros(Duration time) {
        return time.getSeconds() * 1_000_000 + time.getNano() / 1000;
    }
}
