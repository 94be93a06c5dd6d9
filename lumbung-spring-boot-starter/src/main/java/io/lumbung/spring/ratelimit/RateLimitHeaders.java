package io.lumbung.spring.ratelimit;

import io.lumbung.ratelimit.Decision;
import io.lumbung.ratelimit.LimitStatus;
import io.lumbung.ratelimit.RateLimit;
import jakarta.servlet.http.HttpServletResponse;
import java.math.BigInteger;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.OuterList;
import org.greenbytes.http.sfv.Parameters;
import org.greenbytes.http.sfv.StringItem;

/**
 * The headers that show the tightest limit: {@code X-RateLimit-Limit}, {@code -Remaining} and {@code -Reset} (unix second,
 * rounded up, when the whole quota is free again if the client stays quiet), and those of the IETF draft: {@code
 * RateLimit-Policy} with every limit that was looked at, {@code RateLimit} with the tightest. Nothing counted, no headers.
 */
final class RateLimitHeaders {
    static final String LIMIT = "X-RateLimit-Limit";
    static final String REMAINING = "X-RateLimit-Remaining";
    static final String RESET = "X-RateLimit-Reset";
    static final String POLICY = "RateLimit-Policy";
    static final String STANDING = "RateLimit";
    private static final List<String> ALL = List.of(LIMIT, REMAINING, RESET, POLICY, STANDING);
    // The largest integer of a structured field.
    private static final long LARGEST = 999_999_999_999_999L;

    private final Clock clock;

    /** @param clock only tells how long it is until a moment that Redis named */
    RateLimitHeaders(Clock clock) {
        this.clock = clock;
    }

    /** Where the limits of one rule stand. */
    record Standing(String rule, List<LimitStatus> limits) {
        String name(LimitStatus status) {
            return limits.get(0).limit().name().equals(status.limit().name())
                    ? rule
                    : rule + ":" + status.limit().name();
        }
    }

    void show(HttpServletResponse response, List<Decision> decisions) {
        Map<String, String> headers = of(decisions);
        ALL.forEach(name -> response.setHeader(name, headers.get(name)));
    }

    private Map<String, String> of(List<Decision> decisions) {
        if (decisions.isEmpty()) {
            return Map.of();
        }
        Decision tightest = Decision.tightest(decisions);
        Optional<LimitStatus> status = tightest.tightest();
        if (status.isEmpty()) {
            return Map.of();
        }
        List<Standing> standings = new ArrayList<>();
        for (Decision decision : decisions) {
            if (!decision.limits().isEmpty()) {
                standings.add(new Standing(decision.limiter(), decision.limits()));
            }
        }
        Optional<Duration> retryAfter =
                tightest instanceof Decision.Refused refused ? Optional.of(refused.retryAfter()) : Optional.empty();
        return of(standings, new Standing(tightest.limiter(), tightest.limits()), status.get(), retryAfter);
    }

    /** @param retryAfter of a request that is refused: then that is how long it is until there are more */
    Map<String, String> of(List<Standing> all, Standing tightest, LimitStatus status, Optional<Duration> retryAfter) {
        List<ListElement<?>> policies = new ArrayList<>();
        Map<String, StringItem> seen = new LinkedHashMap<>();
        all.forEach(standing -> standing.limits()
                .forEach(one -> seen.put(standing.name(one), policy(standing.name(one), one.limit()))));
        policies.addAll(seen.values());
        Map<String, Object> standing = new LinkedHashMap<>();
        standing.put("r", Math.min(status.remaining(), LARGEST));
        standing.put("t", retryAfter.map(RateLimitHeaders::seconds).orElseGet(() -> untilReset(status)));
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(LIMIT, Long.toString(status.limit().capacity()));
        headers.put(REMAINING, Long.toString(status.remaining()));
        headers.put(RESET, Long.toString(secondAfter(status.reset())));
        headers.put(POLICY, OuterList.valueOf(policies).serialize());
        headers.put(STANDING, item(tightest.name(status), standing).serialize());
        return headers;
    }

    private static StringItem policy(String name, RateLimit limit) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("q", Math.min(limit.capacity(), LARGEST));
        refill(limit)
                .filter(time -> time.toNanosPart() == 0 && time.toSeconds() > 0)
                .ifPresent(time -> parameters.put("w", time.toSeconds()));
        return item(name, parameters);
    }

    /** In which time the whole of a limit comes back; a period of the calendar has no fixed one. */
    private static Optional<Duration> refill(RateLimit limit) {
        if (limit instanceof RateLimit.CalendarQuota) {
            return Optional.empty();
        }
        if (limit instanceof RateLimit.Smooth smooth) {
            BigInteger nanos = BigInteger.valueOf(smooth.window().toSeconds())
                    .multiply(BigInteger.valueOf(1_000_000_000))
                    .add(BigInteger.valueOf(smooth.window().toNanosPart()))
                    .multiply(BigInteger.valueOf(smooth.burst()))
                    .divide(BigInteger.valueOf(smooth.permits()));
            BigInteger[] parts = nanos.divideAndRemainder(BigInteger.valueOf(1_000_000_000));
            return Optional.of(
                    Duration.ofSeconds(parts[0].min(BigInteger.valueOf(LARGEST)).longValue(), parts[1].longValue()));
        }
        return Optional.of(limit.window());
    }

    private static StringItem item(String name, Map<String, Object> parameters) {
        return StringItem.valueOf(name).withParams(Parameters.valueOf(parameters));
    }

    /** Our clock is not the server's: it may not make more of it than the limit allows. */
    private long untilReset(LimitStatus status) {
        long most = refill(status.limit())
                .map(time -> status.limit() instanceof RateLimit.SlidingCounter ? time.multipliedBy(2) : time)
                .map(RateLimitHeaders::seconds)
                .orElseGet(() -> status.limit().window().toSeconds());
        long seconds = secondAfter(status.reset()) - clock.instant().getEpochSecond();
        return Math.max(0, Math.min(seconds, most));
    }

    private static long secondAfter(Instant moment) {
        return moment.getNano() == 0 ? moment.getEpochSecond() : moment.getEpochSecond() + 1;
    }

    /** Whole seconds, rounded up, at least 1. */
    static long seconds(Duration time) {
        return Math.max(1, time.toNanosPart() == 0 ? time.toSeconds() : time.toSeconds() + 1);
    }
}
