package io.lumbung.lock;

import io.lumbung.key.Key;
import io.lumbung.redis.Kernel;
import java.time.Duration;

/** The locks on Redis. */
final class RedisLocks implements Locks {
    private final Kernel kernel;
    private final LockDefaults defaults;

    RedisLocks(Kernel kernel, LockDefaults defaults) {
        this.kernel = kernel;
        this.defaults = defaults;
    }

    @Override
    public LockDefaults defaults() {
        return defaults;
    }

    @Override
    public DistributedLock lock(Key name) {
        throw new UnsupportedOperationException("on its way: " + kernel.keys());
    }

    @Override
    public ReadWriteLock readWriteLock(Key name) {
        throw new UnsupportedOperationException("on its way");
    }

    @Override
    public Semaphore semaphore(Key name, int permits) {
        throw new UnsupportedOperationException("on its way");
    }

    @Override
    public LeaderElection leaderElection(Key name, Duration ttl, Candidate candidate) {
        throw new UnsupportedOperationException("on its way");
    }

    @Override
    public <V> FencedValue<V> fencedValue(Key lock, Class<V> type) {
        throw new UnsupportedOperationException("on its way");
    }

    @Override
    public LockState state(Key name) {
        throw new UnsupportedOperationException("on its way");
    }

    @Override
    public boolean forceRelease(Key name) {
        throw new UnsupportedOperationException("on its way");
    }

    @Override
    public void close() {}
}
