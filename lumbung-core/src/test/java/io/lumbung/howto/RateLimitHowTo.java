package io.lumbung.howto;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.key.Key;
import io.lumbung.ratelimit.Acquisition;
import io.lumbung.ratelimit.CalendarPeriod;
import io.lumbung.ratelimit.Decision;
import io.lumbung.ratelimit.Decisions;
import io.lumbung.ratelimit.LimitStatus;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.RateLimiter;
import io.lumbung.ratelimit.SubjectOverride;
import io.lumbung.ratelimit.WhenDown;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/** The snippets of docs/how-to/rate-limit.md, so that they compile. */
final class RateLimitHowTo {
    interface Model {
        int answer(String question);
    }

    @SuppressWarnings("unused")
    String login(Lumbung lumbung, String address) {
        RateLimiter logins = lumbung.rateLimiter("login")
                .limits(RateLimit.perMinute(5))
                .whenDown(WhenDown.REFUSE)
                .build();

        if (logins.tryAcquire(address) instanceof Decision.Refused refused) {
            return "try again in " + refused.retryAfter().toSeconds() + " s";
        }
        return "welcome";
    }

    @SuppressWarnings("unused")
    void snippets(
            String user, String tenant, String address, long tokens, String question, Model model, RateLimiter logins)
            throws InterruptedException {
        Lumbung lumbung = Lumbung.connect(LumbungConfig.fromEnvironment());

        RateLimiter api = lumbung.rateLimiter("api")
                .limits(
                        RateLimit.perSecond(10).named("burst"),
                        RateLimit.perMinute(100),
                        RateLimit.quota(50_000, CalendarPeriod.MONTH, ZoneId.of("Asia/Jakarta")))
                .build();

        Decision decision = api.tryAcquire(user);
        for (LimitStatus status : decision.limits()) {
            System.out.println(status.limit().name() + ": " + status.remaining() + " left until " + status.reset());
        }

        RateLimiter cheap = lumbung.rateLimiter("pages")
                .limits(RateLimit.smooth(600, Duration.ofMinutes(1), 50))
                .build();

        RateLimiter llm = lumbung.rateLimiter("llm")
                .limits(RateLimit.slidingCounter(200_000, Duration.ofMinutes(1)))
                .build();
        if (llm.tryAcquire(tenant, tokens) instanceof Decision.Allowed allowed) {
            int used = model.answer(question);
            llm.refund(allowed, tokens - used);
        }

        Decision later = llm.acquire(tenant, tokens, Duration.ofSeconds(20));

        RateLimiter perAddress = lumbung.rateLimiter("address")
                .limits(RateLimit.perMinute(1_000))
                .build();
        Decisions both = lumbung.rateLimiters()
                .tryAcquireAll(Acquisition.of(api, user), new Acquisition(perAddress, Key.of("v4", address), 1));
        Optional<Decision.Refused> refused = both.refused();

        api.override(user, SubjectOverride.blocked(), Duration.ofHours(1));
        api.override(user, SubjectOverride.exempt(), Duration.ofDays(30));
        api.removeOverride(user);
        cheap.override(
                user, SubjectOverride.limits(RateLimit.smooth(6_000, Duration.ofMinutes(1), 500)), Duration.ofDays(30));
        logins.reset(address);

        lumbung.rateLimiter("login").limits(RateLimit.perMinute(3)).replace();

        RateLimiter trial = lumbung.rateLimiter("trial")
                .limits(RateLimit.perMinute(60))
                .shadow()
                .build();
    }
}
