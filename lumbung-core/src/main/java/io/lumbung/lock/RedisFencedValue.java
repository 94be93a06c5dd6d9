package io.lumbung.lock;

import io.lumbung.error.LeaseLostException;
import io.lumbung.key.Key;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Command;
import io.lumbung.redis.Reply;
import io.lumbung.redis.Script;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The value as a hash: fence, owner, value. */
final class RedisFencedValue<V> implements FencedValue<V> {
    private static final int MAX_BYTES = 1 << 20;
    private static final Script<String> WRITE = Script.load(RedisFencedValue.class, "write.lua", Reply::text);

    private final LockWorkshop shop;
    private final Key lock;
    private final Class<V> type;
    private final StoreKey key;

    RedisFencedValue(LockWorkshop shop, Key lock, Class<V> type) {
        this.shop = shop;
        this.lock = lock;
        this.type = type;
        this.key = shop.kernel().keys().lockValue(shop.kernel().keys().lock(lock));
    }

    @Override
    public Optional<V> get() {
        byte[] stored = shop.call(Command.on("lock.read", "HGET", key, Reply::bytesOrEmpty, "value")
                .repeatable());
        if (stored.length == 0) {
            return Optional.empty();
        }
        return Optional.ofNullable(type.cast(shop.kernel().codec().decode(stored, 0, type)));
    }

    @Override
    public void set(Lease lease, V value) {
        Objects.requireNonNull(value, "value");
        if (!lease.lock().equals(lock)) {
            throw new IllegalArgumentException("the value of lock " + lock + " cannot be written with a " + lease);
        }
        if (lease instanceof RedisLease ours && !ours.isExclusive()) {
            throw new IllegalArgumentException("the value of lock " + lock
                    + " is written by who holds it alone: a plain lock or a writer, not a reader and no permit");
        }
        byte[] encoded = shop.kernel().codec().encode(value, type);
        if (encoded.length > MAX_BYTES) {
            throw new IllegalArgumentException("the value of lock " + lock + " is " + encoded.length
                    + " bytes, the limit is " + MAX_BYTES + "; store it elsewhere and keep its address here");
        }
        String newer = shop.call(WRITE.on("lock.write", List.of(key), lease.fence(), lease.owner(), encoded)
                .repeatable());
        if (!newer.isEmpty()) {
            throw new LeaseLostException("the value of lock " + lock + " was written with fence " + newer
                    + ", so fence " + lease.fence() + " is too old: stop the work");
        }
    }
}
