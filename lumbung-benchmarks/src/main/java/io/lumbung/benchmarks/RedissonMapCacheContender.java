package io.lumbung.benchmarks;

import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RMapCache;
import org.redisson.api.RedissonClient;

/** Redisson's cache with a time to live per entry: what its Spring Cache and JCache stand on. */
final class RedissonMapCacheContender implements Contender {

    private final RedissonClient client;
    private final RMapCache<String, String> map;

    RedissonMapCacheContender(URI redis) {
        client = RedissonBucketContender.tuned(redis);
        map = client.getMapCache("redisson-map");
    }

    @Override
    public void warm(String key, String value) {
        map.fastPut(key, value, 1, TimeUnit.HOURS);
    }

    @Override
    public @Nullable String read(String key) {
        return map.get(key);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
