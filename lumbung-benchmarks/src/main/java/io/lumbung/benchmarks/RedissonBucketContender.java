package io.lumbung.benchmarks;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** One Redisson bucket per key. */
final class RedissonBucketContender implements Contender {

    private final RedissonClient client;

    RedissonBucketContender(URI redis) {
        client = connect(redis);
    }

    static RedissonClient connect(URI redis) {
        var config = new Config();
        config.setCodec(StringCodec.INSTANCE);
        config.useSingleServer()
                .setAddress(redis.toString())
                .setConnectionPoolSize(64)
                .setConnectionMinimumIdleSize(64);
        return Redisson.create(config);
    }

    @Override
    public void warm(String key, String value) {
        client.<String>getBucket("redisson:" + key).set(value, Duration.ofHours(1));
    }

    @Override
    public @Nullable String read(String key) {
        return client.<String>getBucket("redisson:" + key).get();
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
