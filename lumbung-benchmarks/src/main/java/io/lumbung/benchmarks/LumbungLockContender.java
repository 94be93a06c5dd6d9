package io.lumbung.benchmarks;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Lumbung's locks as they come, connection and all. */
final class LumbungLockContender implements LockContender {

    private final Lumbung lumbung;
    private final Locks locks;

    LumbungLockContender(URI redis) {
        lumbung = Lumbung.connect(LumbungConfig.builder().url(redis.toString()).build());
        locks = lumbung.locks();
    }

    @Override
    public Optional<Held> tryAcquire(String name) {
        return locks.tryAcquire(name, TTL).map(LumbungLockContender::held);
    }

    @Override
    public Optional<Held> acquire(String name, Duration atMost) throws InterruptedException {
        return locks.acquire(name, TTL, atMost).map(LumbungLockContender::held);
    }

    private static Held held(Lease lease) {
        return () -> Held.require(lease.release());
    }

    @Override
    public void close() {
        lumbung.close();
    }
}
