package io.lumbung.lock;

import io.lumbung.key.Key;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Parking;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The locks on Redis. What they promise is in {@link Locks}. */
final class RedisLocks implements Locks {
    private static final Duration SHORTEST_LEAD = Duration.ofSeconds(1);

    private final LockWorkshop shop;
    private final Set<RedisElection> elections = ConcurrentHashMap.newKeySet();

    RedisLocks(Kernel kernel, LockDefaults defaults) {
        this(new LockWorkshop(
                Objects.requireNonNull(kernel, "kernel"),
                Objects.requireNonNull(defaults, "defaults"),
                Parking.REAL,
                System::nanoTime));
    }

    RedisLocks(LockWorkshop shop) {
        this.shop = shop;
    }

    @Override
    public LockDefaults defaults() {
        return shop.defaults();
    }

    @Override
    public RedisLock lock(Key name) {
        return new RedisLock(shop, name, new SoleGrip(LockKeys.of(shop.kernel().keys(), name), shop.channels()));
    }

    @Override
    public ReadWriteLock readWriteLock(Key name) {
        return RedisReadWriteLock.of(shop, name);
    }

    @Override
    public Semaphore semaphore(Key name, int permits) {
        return new RedisSemaphore(shop, name, permits);
    }

    @Override
    public LeaderElection leaderElection(Key name, Duration ttl, Candidate candidate) {
        Objects.requireNonNull(candidate, "candidate");
        LockChecks.ttl(ttl);
        if (ttl.compareTo(SHORTEST_LEAD) < 0) {
            throw new IllegalArgumentException("a lead lasts at least 1 s, was " + ttl);
        }
        RedisElection election = new RedisElection(shop, lock(name), ttl, candidate, elections::remove);
        elections.add(election);
        return election.start();
    }

    @Override
    public <V> FencedValue<V> fencedValue(Key lock, Class<V> type) {
        return new RedisFencedValue<>(shop, lock, type);
    }

    @Override
    public LockState state(Key name) {
        return shop.call(States.of(shop.kernel().keys(), name));
    }

    @Override
    public boolean forceRelease(Key name) {
        return shop.call(States.force(shop.kernel().keys(), name, shop.channels()));
    }

    @Override
    public void close() {
        List<RedisElection> running = List.copyOf(elections);
        running.forEach(RedisElection::end);
        Deadline patience = Deadline.in(RedisElection.LAST_WORK);
        running.forEach(election -> election.awaitEnd(patience));
        shop.close();
    }
}
