package io.lumbung.benchmarks;

import com.alicp.jetcache.Cache;
import com.alicp.jetcache.redis.lettuce.RedisLettuceCacheBuilder;
import com.alicp.jetcache.support.Kryo5ValueDecoder;
import com.alicp.jetcache.support.Kryo5ValueEncoder;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** JetCache's remote half, with the fastest encoder it brings. */
final class JetCacheContender implements Contender {

    private final ClientResources resources = LettuceContender.unmetered();
    private final RedisClient client;
    private final Cache<String, String> cache;

    JetCacheContender(URI redis) {
        client = RedisClient.create(resources, RedisURI.create(redis));
        cache = RedisLettuceCacheBuilder.createRedisLettuceCacheBuilder()
                .redisClient(client)
                .keyPrefix("jetcache:")
                .keyConvertor(key -> key)
                .valueEncoder(Kryo5ValueEncoder.INSTANCE)
                .valueDecoder(Kryo5ValueDecoder.INSTANCE)
                .expireAfterWrite(1, TimeUnit.HOURS)
                .buildCache();
    }

    @Override
    public void warm(String key, String value) {
        cache.put(key, value);
    }

    @Override
    public @Nullable String read(String key) {
        return cache.get(key);
    }

    @Override
    public void close() {
        cache.close();
        client.shutdown();
        resources.shutdown().awaitUninterruptibly();
    }
}
