package io.lumbung.benchmarks;

import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.BucketProxy;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.distributed.proxy.optimization.Optimizations;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Buckets of Bucket4j, compared and swapped over one Lettuce connection; each subject's proxy is made once. */
final class Bucket4jContender implements LimitContender {

    private final ClientResources resources = LettuceContender.unmetered();
    private final RedisClient client;
    private final ProxyManager<String> buckets;
    private final BucketConfiguration configuration;
    private final boolean batching;
    private final String prefix;
    private final Map<String, BucketProxy> proxies = new ConcurrentHashMap<>();

    Bucket4jContender(URI redis, String name, boolean batching, Quota quota) {
        this.batching = batching;
        prefix = "app:ratelimit:" + name + ":";
        client = RedisClient.create(resources, RedisURI.create(redis));
        buckets = Bucket4jLettuce.casBasedBuilder(
                        client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE)))
                .expirationAfterWrite(
                        ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(1)))
                .build();
        var builder = BucketConfiguration.builder();
        for (Duration window : quota.windows()) {
            builder.addLimit(limit -> limit.capacity(quota.permits()).refillGreedy(quota.permits(), window));
        }
        configuration = builder.build();
    }

    @Override
    public boolean admits(String subject) {
        return proxies.computeIfAbsent(subject, this::proxy).tryConsume(1);
    }

    private BucketProxy proxy(String subject) {
        var builder = buckets.builder();
        if (batching) {
            builder = builder.withOptimization(Optimizations.batching());
        }
        return builder.build(prefix + subject, () -> configuration);
    }

    @Override
    public void close() {
        client.shutdown();
        resources.shutdown().awaitUninterruptibly();
    }
}
