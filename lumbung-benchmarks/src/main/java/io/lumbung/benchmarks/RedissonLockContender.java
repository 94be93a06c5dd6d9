package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.redisson.api.RFencedLock;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;

/** Redisson's locks. */
final class RedissonLockContender implements LockContender {

    private final RedissonClient client;
    private final Kind kind;
    private final String prefix;

    RedissonLockContender(URI redis, Kind kind) {
        client = RedissonLimitContender.connect(redis);
        this.kind = kind;
        prefix = "redisson-" + kind.name().toLowerCase(ROOT) + ':';
    }

    /** Which of them, and how long it is held. */
    enum Kind {
        /** For a time that was asked for. */
        LEASED,
        /** Renewed until it is given back. */
        WATCHED,
        /** The same for a time that was asked for, in the order of arrival. */
        FAIR,
        /** The same with a fencing token. */
        FENCED
    }

    @Override
    public Optional<Held> tryAcquire(String name) throws InterruptedException {
        return acquire(name, Duration.ZERO);
    }

    @Override
    public Optional<Held> acquire(String name, Duration atMost) throws InterruptedException {
        RLock lock = lock(prefix + name);
        boolean taken = switch (kind) {
            case LEASED, FAIR -> lock.tryLock(atMost.toMillis(), TTL.toMillis(), MILLISECONDS);
            case WATCHED -> lock.tryLock(atMost.toMillis(), MILLISECONDS);
            case FENCED ->
                ((RFencedLock) lock).tryLockAndGetToken(atMost.toMillis(), TTL.toMillis(), MILLISECONDS) != null;
        };
        // It throws if the lock is not held any more.
        return taken ? Optional.of(lock::unlock) : Optional.empty();
    }

    private RLock lock(String key) {
        return switch (kind) {
            case LEASED, WATCHED -> client.getLock(key);
            case FAIR -> client.getFairLock(key);
            case FENCED -> client.getFencedLock(key);
        };
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
