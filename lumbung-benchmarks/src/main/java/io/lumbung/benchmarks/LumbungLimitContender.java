package io.lumbung.benchmarks;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.ratelimit.Decision;
import io.lumbung.ratelimit.RateLimiter;
import java.net.URI;

/** A Lumbung limiter as it comes, connection and all. */
final class LumbungLimitContender implements LimitContender {

    private final Lumbung lumbung;
    private final RateLimiter limiter;

    LumbungLimitContender(URI redis, String name, Algorithm algorithm, Quota quota) {
        lumbung = Lumbung.connect(LumbungConfig.builder().url(redis.toString()).build());
        limiter = lumbung.rateLimiter(name).limits(algorithm.limits(quota)).build();
    }

    @Override
    public boolean admits(String subject) throws UndecidedException {
        Decision decision = limiter.tryAcquire(subject);
        return switch (decision.source()) {
            case REDIS, DENY_CACHE -> decision.isAllowed();
            case POLICY, LOCAL -> throw new UndecidedException(decision.toString());
        };
    }

    @Override
    public void close() {
        lumbung.close();
    }
}
