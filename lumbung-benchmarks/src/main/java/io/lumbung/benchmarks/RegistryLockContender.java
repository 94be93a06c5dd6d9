package io.lumbung.benchmarks;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;

/** Spring Integration's registry of locks. Threads of one instance wait for each other within it, without asking Redis. */
final class RegistryLockContender implements LockContender {

    /**
     * Names share this many locks within an instance, 256 unless told, and whoever wants one meanwhile is refused although
     * the lock itself is free.
     */
    private static final int STRIPES = 1 << 17;

    private final ClientResources resources = LettuceContender.unmetered();
    private final LettuceConnectionFactory connections;
    private final RedisLockRegistry registry;

    RegistryLockContender(URI redis, RedisLockType type) {
        connections = SpringCacheContender.connect(redis, resources);
        registry = new RedisLockRegistry(connections, "registry-" + type, TTL);
        registry.setCacheCapacity(STRIPES - 1); // which makes that many stripes
        registry.setRedisLockType(type);
    }

    @Override
    public Optional<Held> tryAcquire(String name) throws InterruptedException {
        return acquire(name, Duration.ZERO);
    }

    @Override
    public Optional<Held> acquire(String name, Duration atMost) throws InterruptedException {
        var lock = registry.obtain(name);
        // It throws if the lock is not held any more when it is given back.
        return lock.tryLock(atMost.toMillis(), MILLISECONDS) ? Optional.of(lock::unlock) : Optional.empty();
    }

    @Override
    public void close() {
        registry.destroy();
        connections.destroy();
        resources.shutdown().awaitUninterruptibly();
    }
}
