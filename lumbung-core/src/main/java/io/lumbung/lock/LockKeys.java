package io.lumbung.lock;

import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import java.util.List;

/** The keys of one lock, all in one slot. */
record LockKeys(StoreKey lock, StoreKey fence, StoreKey queue, StoreKey waiters) {
    static LockKeys of(KeySpace keys, Key name) {
        StoreKey lock = keys.lock(name);
        return new LockKeys(lock, keys.lockFence(lock), keys.lockQueue(lock), keys.lockWaiters(lock));
    }

    List<StoreKey> all() {
        return List.of(lock, fence, queue, waiters);
    }
}
