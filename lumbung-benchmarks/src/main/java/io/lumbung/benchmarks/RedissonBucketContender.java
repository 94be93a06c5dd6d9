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

    RedissonBucketContender(RedissonClient client) {
        this.client = client;
    }

    /** With the defaults that most applications run. */
    static RedissonClient asItComes(URI redis) {
        var config = new Config();
        config.setCodec(StringCodec.INSTANCE);
        config.useSingleServer().setAddress(redis.toString());
        return Redisson.create(config);
    }

    /** With a few busy connections, on which commands travel together: much faster than with 16 or more. */
    static RedissonClient tuned(URI redis) {
        var config = new Config();
        config.setCodec(StringCodec.INSTANCE);
        config.useSingleServer()
                .setAddress(redis.toString())
                .setConnectionPoolSize(4)
                .setConnectionMinimumIdleSize(4);
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
