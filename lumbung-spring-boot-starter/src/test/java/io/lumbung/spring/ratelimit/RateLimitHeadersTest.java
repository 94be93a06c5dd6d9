package io.lumbung.spring.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.lumbung.key.Key;
import io.lumbung.ratelimit.CalendarPeriod;
import io.lumbung.ratelimit.Decision;
import io.lumbung.ratelimit.DecisionSource;
import io.lumbung.ratelimit.LimitStatus;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.spring.Seed;
import io.lumbung.spring.ratelimit.RateLimitHeaders.Standing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.greenbytes.http.sfv.Parser;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

class RateLimitHeadersTest {
    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final long SECOND = NOW.getEpochSecond();
    private final RateLimitHeaders headers = new RateLimitHeaders(Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void oneLimitOfWhichOneIsTaken() {
        assertThat(of("api", RateLimit.perMinute(100), 99, NOW.plusSeconds(60)))
                .containsExactly(
                        entry("X-RateLimit-Limit", "100"),
                        entry("X-RateLimit-Remaining", "99"),
                        entry("X-RateLimit-Reset", "" + (SECOND + 60)),
                        entry("RateLimit-Policy", "\"api\";q=100;w=60"),
                        entry("RateLimit", "\"api\";r=99;t=60"));
    }

    @Test
    void theResetIsRoundedUpAndNeverBeforeTheMoment() {
        Map<String, String> headers =
                of("api", RateLimit.perMinute(100), 99, NOW.plusSeconds(59).plusNanos(1_000));
        assertThat(headers)
                .containsEntry("X-RateLimit-Reset", "" + (SECOND + 60))
                .containsEntry("RateLimit", "\"api\";r=99;t=60");
    }

    @Test
    void severalLimitsAreToldApartAndTheTightestIsShown() {
        LimitStatus minute = new LimitStatus(RateLimit.perMinute(100), 40, NOW.plusSeconds(60));
        LimitStatus day =
                new LimitStatus(RateLimit.quota(1_000, CalendarPeriod.DAY, ZoneOffset.UTC), 3, NOW.plusSeconds(43_200));
        Standing api = new Standing("api", List.of(minute, day));
        Standing login =
                new Standing("login", List.of(new LimitStatus(RateLimit.perHour(5), 4, NOW.plusSeconds(3_600))));

        assertThat(headers.of(List.of(api, login), api, day, Optional.empty()))
                .containsEntry("X-RateLimit-Limit", "1000")
                .containsEntry("X-RateLimit-Remaining", "3")
                .containsEntry("RateLimit-Policy", "\"api\";q=100;w=60, \"api:day\";q=1000, \"login\";q=5;w=3600")
                .containsEntry("RateLimit", "\"api:day\";r=3;t=43200");
    }

    @Test
    void aBurstIsTheQuotaAndItsWindowTheTimeItTakesToComeBack() {
        assertThat(of("s", RateLimit.smooth(60, Duration.ofMinutes(1), 20), 19, NOW.plusSeconds(1)))
                .containsEntry("X-RateLimit-Limit", "20")
                .containsEntry("RateLimit-Policy", "\"s\";q=20;w=20")
                .containsEntry("RateLimit", "\"s\";r=19;t=1");
        assertThat(of("s", RateLimit.smooth(1, Duration.ofMillis(10), 3), 2, NOW.plusMillis(10)))
                .as("no whole seconds")
                .containsEntry("RateLimit-Policy", "\"s\";q=3")
                .containsEntry("RateLimit", "\"s\";r=2;t=1");
    }

    @Test
    void aRefusalSaysWhenThereWillBeMore() {
        LimitStatus status = new LimitStatus(RateLimit.perMinute(5), 0, NOW.plusSeconds(60));
        Standing auth = new Standing("auth", List.of(status));

        assertThat(headers.of(List.of(auth), auth, status, Optional.of(Duration.ofMillis(12_001))))
                .containsEntry("X-RateLimit-Reset", "" + (SECOND + 60))
                .containsEntry("RateLimit", "\"auth\";r=0;t=13");
    }

    @Test
    void aClockThatIsNotTheServersDoesNotMakeMoreOfItThanTheLimitAllows() {
        assertThat(of("api", RateLimit.perMinute(9), 8, NOW.plusSeconds(7_260)))
                .containsEntry("RateLimit", "\"api\";r=8;t=60");
        assertThat(of("api", RateLimit.slidingCounter(9, Duration.ofMinutes(1)), 8, NOW.plusSeconds(7_260)))
                .containsEntry("RateLimit", "\"api\";r=8;t=120");
        assertThat(of("api", RateLimit.perMinute(9), 8, NOW.minusSeconds(7_260)))
                .containsEntry("RateLimit", "\"api\";r=8;t=0")
                .containsEntry("X-RateLimit-Reset", "" + (SECOND - 7_260));
    }

    @Test
    void numbersThatAStructuredFieldCannotHoldAreItsLargest() {
        long most = (1L << 53) - 1;
        assertThat(of("q", RateLimit.quota(most, CalendarPeriod.YEAR, ZoneOffset.UTC), most - 1, NOW))
                .containsEntry("X-RateLimit-Limit", "9007199254740991")
                .containsEntry("RateLimit-Policy", "\"q\";q=999999999999999")
                .containsEntry("RateLimit", "\"q\";r=999999999999999;t=0");
    }

    @Test
    void whateverTheLimitTheFieldsAreStructured() {
        Random random = Seed.random("RateLimitHeadersTest.whateverTheLimit");
        for (int i = 0; i < 5_000; i++) {
            Duration window = Duration.ofMillis(10 + random.nextInt(100_000_000));
            long permits = 1 + random.nextInt(10_000);
            RateLimit limit = switch (random.nextInt(4)) {
                case 0 -> RateLimit.slidingLog(permits, window);
                case 1 -> RateLimit.slidingCounter(permits, window);
                case 2 -> RateLimit.smooth(1, window, permits);
                default -> RateLimit.quota(permits, CalendarPeriod.MONTH, ZoneOffset.UTC);
            };
            Map<String, String> shown = of("a.b-c_" + i, limit, random.nextInt((int) permits), NOW.plus(window));
            assertThat(Parser.parseList(shown.get("RateLimit-Policy")).get()).hasSize(1);
            assertThat(Parser.parseList(shown.get("RateLimit")).get()).hasSize(1);
        }
    }

    @Test
    void whatCountedNothingShowsNothingAndTakesBackWhatWasShown() {
        MockHttpServletResponse response = new MockHttpServletResponse();
        Decision counted = refused(DecisionSource.REDIS, List.of(new LimitStatus(RateLimit.perMinute(5), 0, NOW)));
        Decision down = refused(DecisionSource.POLICY, List.of());

        headers.show(response, List.of(down));
        assertThat(response.getHeaderNames()).isEmpty();
        headers.show(response, List.of(counted, down));
        assertThat(response.getHeaderNames()).hasSize(5);
        headers.show(response, List.of(down));
        assertThat(response.getHeaderNames()).isEmpty();
        headers.show(response, List.of());
        assertThat(response.getHeaderNames()).isEmpty();
    }

    @Test
    void secondsAreRoundedUpAndAtLeastOne() {
        assertThat(RateLimitHeaders.seconds(Duration.ZERO)).isEqualTo(1);
        assertThat(RateLimitHeaders.seconds(Duration.ofNanos(1))).isEqualTo(1);
        assertThat(RateLimitHeaders.seconds(Duration.ofSeconds(1))).isEqualTo(1);
        assertThat(RateLimitHeaders.seconds(Duration.ofSeconds(1).plusNanos(1_000)))
                .isEqualTo(2);
    }

    private static Decision refused(DecisionSource source, List<LimitStatus> limits) {
        return new Decision.Refused("r", Key.of("a"), 1, source, limits, Duration.ofSeconds(1), "1m");
    }

    private Map<String, String> of(String rule, RateLimit limit, long remaining, Instant reset) {
        LimitStatus status = new LimitStatus(limit, remaining, reset);
        Standing standing = new Standing(rule, List.of(status));
        return headers.of(List.of(standing), standing, status, Optional.empty());
    }
}
