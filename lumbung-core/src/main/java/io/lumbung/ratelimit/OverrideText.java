package io.lumbung.ratelimit;

import io.lumbung.ratelimit.RateLimit.CalendarQuota;
import io.lumbung.ratelimit.RateLimit.SlidingCounter;
import io.lumbung.ratelimit.RateLimit.SlidingLog;
import io.lumbung.ratelimit.RateLimit.Smooth;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How an override is written in Redis: {@code B}, {@code E}, or for each limit its kind's letter and {@code permits:window
 * in µs:burst}. Where the limiter's limits became others since, the numbers of another kind are passed over.
 */
final class OverrideText {
    private static final String BLOCKED = "B";
    private static final String EXEMPT = "E";
    private static final Pattern NUMBERS = Pattern.compile("\\p{Upper}(\\d{1,18}):(\\d{1,18}):(\\d{1,18})");

    private OverrideText() {}

    static String of(SubjectOverride override, LimiterSettings settings) {
        if (override instanceof SubjectOverride.Limits limits) {
            requireAlike(limits.limits(), settings);
            return limits.limits().stream()
                    .map(limit -> Kind.of(limit).letter() + limit.permits() + ":" + LimitChecks.micros(limit.window())
                            + ":" + limit.capacity())
                    .collect(Collectors.joining(" "));
        }
        return override instanceof SubjectOverride.Blocked ? BLOCKED : EXEMPT;
    }

    static SubjectOverride read(String text, List<RateLimit> limits) {
        if (text.equals(BLOCKED)) {
            return SubjectOverride.blocked();
        }
        return text.equals(EXEMPT) ? SubjectOverride.exempt() : new SubjectOverride.Limits(numbers(text, limits));
    }

    /** {@code limits} with the numbers of {@code text}, as the script applies them. */
    static List<RateLimit> numbers(String text, List<RateLimit> limits) {
        String[] all = text.split(" ", -1);
        List<RateLimit> overridden = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            RateLimit limit = limits.get(i);
            boolean known = i < all.length && all[i].startsWith(Kind.of(limit).letter());
            overridden.add(known ? with(limit, all[i]) : limit);
        }
        return overridden;
    }

    /** The limit itself, if the text is nothing we ever wrote. */
    private static RateLimit with(RateLimit limit, String text) {
        Matcher numbers = NUMBERS.matcher(text);
        if (!numbers.matches()) {
            return limit;
        }
        try {
            return with(
                    limit,
                    Long.parseLong(numbers.group(1)),
                    Long.parseLong(numbers.group(2)),
                    Long.parseLong(numbers.group(3)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return limit;
        }
    }

    private static RateLimit with(RateLimit limit, long permits, long micros, long burst) {
        Duration window = Duration.of(micros, ChronoUnit.MICROS);
        return switch (Kind.of(limit)) {
            case SLIDING_LOG -> new SlidingLog(limit.name(), permits, window);
            case SLIDING_COUNTER -> new SlidingCounter(limit.name(), permits, window);
            case SMOOTH -> new Smooth(limit.name(), permits, window, burst);
            case QUOTA -> {
                CalendarQuota quota = (CalendarQuota) limit;
                yield new CalendarQuota(quota.name(), permits, quota.period(), quota.zone());
            }
        };
    }

    private static void requireAlike(List<RateLimit> overriding, LimiterSettings settings) {
        List<RateLimit> limits = settings.limits();
        boolean alike = overriding.size() == limits.size();
        for (int i = 0; alike && i < limits.size(); i++) {
            alike = Kind.of(overriding.get(i)) == Kind.of(limits.get(i));
        }
        if (!alike) {
            throw new IllegalArgumentException("an override of limiter '" + settings.name()
                    + "' needs as many limits of the same kinds in the same order: it has " + limits + ", given "
                    + overriding);
        }
    }
}
