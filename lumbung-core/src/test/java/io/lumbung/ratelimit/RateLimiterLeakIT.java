package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.lumbung.Seed;
import io.lumbung.embedded.RedisServer;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is called, in whatever order: nothing stays in Redis for good. */
@Timeout(120)
class RateLimiterLeakIT {
    private static final int CALLS = 20_000;
    private static final int SUBJECTS = 2_000;

    private RedisServer server;
    private LimiterBench here;

    @BeforeEach
    void start() {
        server = RedisServer.builder().inMemoryOnly().start();
        here = LimiterBench.at(server.url());
    }

    @AfterEach
    void stop() {
        here.close();
        server.close();
    }

    @Test
    void everyKeyOfARandomCampaignExpires() {
        campaign(Seed.random("leaks"));
        System.out.println(CALLS + " calls left " + expiring() + " keys, each of which expires");
    }

    @Test
    void aKeyThatStaysIsFound() {
        here.limiters.limiter("x").limits(RateLimit.perHour(1)).build().tryAcquire("ana");
        assertThat(expiring()).isEqualTo(1);
        server.command("PERSIST", "app:ratelimit:x:ana");
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(this::expiring)
                .withMessageContaining("app:ratelimit:x:ana");
    }

    private void campaign(Random random) {
        List<RateLimiter> limiters = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            limiters.add(here.limiters
                    .limiter("l" + i)
                    .limits(someLimits(random, i))
                    .whenDown(i == 0 ? WhenDown.LOCAL : WhenDown.ALLOW)
                    .build());
        }
        List<Decision.Allowed> taken = new ArrayList<>();
        for (int call = 0; call < CALLS; call++) {
            int which = random.nextInt(limiters.size());
            RateLimiter limiter = limiters.get(which);
            String subject = "s" + random.nextInt(SUBJECTS);
            switch (random.nextInt(20)) {
                case 0 -> limiter.peek(subject, 1);
                case 1 -> limiter.reset(subject);
                case 2 -> limiter.override(subject, someOverride(random, limiter), Duration.ofMinutes(5));
                case 3 -> limiter.removeOverride(subject);
                case 4, 5, 6 -> {
                    if (!taken.isEmpty()) {
                        Decision.Allowed one = taken.remove(random.nextInt(taken.size()));
                        if (one.receipt().left() > 0) {
                            here.limiters
                                    .find(one.limiter())
                                    .orElseThrow()
                                    .refund(
                                            one,
                                            1
                                                    + random.nextInt(
                                                            (int) one.receipt().left()));
                        }
                    }
                }
                case 7 -> {
                    if (random.nextInt(20) == 0) {
                        // Of other kinds, under the same keys.
                        here.limiters
                                .limiter(limiter.name())
                                .limits(someLimits(random, which))
                                .whenDown(which == 0 ? WhenDown.LOCAL : WhenDown.ALLOW)
                                .replace();
                    }
                }
                default -> {
                    if (limiter.tryAcquire(subject, 1 + random.nextInt(3)) instanceof Decision.Allowed allowed) {
                        taken.add(allowed);
                    }
                }
            }
        }
    }

    private static SubjectOverride someOverride(Random random, RateLimiter limiter) {
        return switch (random.nextInt(3)) {
            case 0 -> SubjectOverride.blocked();
            case 1 -> SubjectOverride.exempt();
            default -> new SubjectOverride.Limits(limiter.limits());
        };
    }

    private static RateLimit[] someLimits(Random random, int limiter) {
        RateLimit[] limits = new RateLimit[1 + limiter % 3];
        for (int i = 0; i < limits.length; i++) {
            Duration window = Duration.ofMillis(10_000 + random.nextInt(3_600_000));
            long permits = 3 + random.nextInt(5);
            limits[i] = switch (random.nextInt(4)) {
                case 0 -> RateLimit.slidingLog(permits, window);
                case 1 -> RateLimit.slidingCounter(permits, window);
                case 2 -> RateLimit.smooth(permits, window);
                default -> RateLimit.quota(permits, CalendarPeriod.DAY, ZoneOffset.UTC);
            };
            limits[i] = limits[i].named("n" + i);
        }
        return limits;
    }

    /** How many keys there are; each must have an end. */
    private int expiring() {
        List<String> keys = here.keysWith("");
        for (String key : keys) {
            assertThat((Long) server.command("PTTL", key)).as(key).isNotEqualTo(-1);
        }
        return keys.size();
    }
}
