package io.lumbung.benchmarks;

import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.provider.redis.spring.RedisLockProvider;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** ShedLock over Spring Data without the scheduled task around it; {@code safeUpdate}, so that it deletes no lock of others. */
final class ShedLockContender implements LockContender {

    private final ClientResources resources = LettuceContender.unmetered();
    private final LettuceConnectionFactory connections;
    private final LockProvider locks;

    ShedLockContender(URI redis) {
        connections = SpringCacheContender.connect(redis, resources);
        locks = new RedisLockProvider.Builder(connections).safeUpdate(true).build();
    }

    @Override
    public Optional<Held> tryAcquire(String name) {
        return locks.lock(new LockConfiguration(Instant.now(), name, TTL, Duration.ZERO))
                .map(lock -> lock::unlock);
    }

    @Override
    public boolean waits() {
        return false;
    }

    @Override
    public Optional<Held> acquire(String name, Duration atMost) {
        throw new UnsupportedOperationException("ShedLock does not wait");
    }

    @Override
    public void close() {
        connections.destroy();
        resources.shutdown().awaitUninterruptibly();
    }
}
