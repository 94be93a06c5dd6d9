package io.lumbung.benchmarks;

import io.lettuce.core.resource.ClientResources;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.data.redis.cache.RedisCacheConfiguration;
import org.springframework.data.redis.cache.RedisCacheManager;
import org.springframework.data.redis.cache.RedisCacheWriter;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.RedisSerializationContext.SerializationPair;
import org.springframework.data.redis.serializer.RedisSerializer;

/** Spring's cache abstraction on Spring Data Redis. */
final class SpringCacheContender implements Contender {

    private final ClientResources resources = LettuceContender.unmetered();
    private final LettuceConnectionFactory connections;
    private final Cache cache;

    SpringCacheContender(URI redis) {
        connections = connect(redis, resources);
        var manager = RedisCacheManager.builder(RedisCacheWriter.nonLockingRedisCacheWriter(connections))
                .cacheDefaults(RedisCacheConfiguration.defaultCacheConfig()
                        .entryTtl(Duration.ofHours(1))
                        .serializeValuesWith(SerializationPair.fromSerializer(RedisSerializer.string())))
                .build();
        manager.afterPropertiesSet();
        cache = Objects.requireNonNull(manager.getCache("spring"));
    }

    /** Spring Data's own connection, shared by all threads as it comes. */
    static LettuceConnectionFactory connect(URI redis, ClientResources resources) {
        var connections = new LettuceConnectionFactory(
                new RedisStandaloneConfiguration(redis.getHost(), redis.getPort()),
                LettuceClientConfiguration.builder().clientResources(resources).build());
        connections.afterPropertiesSet();
        connections.start();
        return connections;
    }

    @Override
    public void warm(String key, String value) {
        cache.put(key, value);
    }

    @Override
    public @Nullable String read(String key) {
        return cache.get(key, String.class);
    }

    @Override
    public void close() {
        connections.destroy();
        resources.shutdown().awaitUninterruptibly();
    }
}
