package io.lumbung.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lumbung.key.StoreKey;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * This process's share of one limiter's limits while Redis is down: each limit divided by the instances, at least 1 each.
 * A sliding log stays exact; every other kind is metered like GCRA with a burst of its share. At most 100 000 subjects
 * are remembered, each while it matters. Thread-safe.
 */
final class LocalShare {
    private static final int MOST = 100_000;

    // The cache may take an access for one that was up to a second earlier.
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private final List<RateLimit> limits;
    private final LongSupplier nanoTime;
    private final Cache<String, LocalMeter> meters;

    LocalShare(List<RateLimit> limits) {
        this(limits, System::nanoTime);
    }

    LocalShare(List<RateLimit> limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        Duration longest = limits.stream()
                .map(LocalShare::mattersFor)
                .max(Duration::compareTo)
                .orElseThrow();
        this.meters = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterAccess(longest.plus(TOLERANCE))
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Takes {@code cost} permits of this process's share, or none; a cost above the share takes all of it.
     *
     * @param instances among how many the limits are shared
     * @return how long to wait until they are there, or empty if they were taken
     */
    Optional<Duration> take(StoreKey subject, long cost, long instances, boolean taking) {
        LocalMeter meter = meters.get(subject.text(), s -> new LocalMeter(limits));
        long wait = meter.take(cost, Math.max(1, instances), nanoTime.getAsLong(), taking);
        return wait <= 0 ? Optional.empty() : Optional.of(Duration.of(wait, TimeUnit.NANOSECONDS.toChronoUnit()));
    }

    /** Gives back what was taken of the share a moment ago. */
    void giveBack(StoreKey subject, long permits, long instances) {
        LocalMeter meter = meters.getIfPresent(subject.text());
        if (meter != null) {
            meter.giveBack(permits, Math.max(1, instances), nanoTime.getAsLong());
        }
    }

    // A burst may be worth many windows, and rounding a share down makes its permits up to twice as long.
    private static Duration mattersFor(RateLimit limit) {
        return limit instanceof RateLimit.SlidingLog
                ? limit.window()
                : limit.window().multipliedBy(2 * (limit.capacity() / limit.permits() + 1));
    }
}
