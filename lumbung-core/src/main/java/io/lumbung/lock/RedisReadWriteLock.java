package io.lumbung.lock;

import io.lumbung.key.Key;
import io.lumbung.observe.Observation.LockKind;

/** Both sides of one name: a writer is alone because it may only be one of one. */
record RedisReadWriteLock(Key name, DistributedLock read, DistributedLock write) implements ReadWriteLock {
    private static final int MOST_READERS = 10_000;

    static RedisReadWriteLock of(LockWorkshop shop, Key name) {
        LockKeys keys = LockKeys.of(shop.kernel().keys(), name);
        return new RedisReadWriteLock(
                name,
                new RedisLock(shop, name, new SharedGrip(keys, shop.channels(), LockKind.READ, 1, MOST_READERS)),
                new RedisLock(shop, name, new SharedGrip(keys, shop.channels(), LockKind.WRITE, 1, 1)));
    }
}
