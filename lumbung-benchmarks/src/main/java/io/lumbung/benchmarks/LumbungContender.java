package io.lumbung.benchmarks;

import io.lumbung.Lumbung;
import io.lumbung.cache.Cache;
import io.lumbung.cache.CacheBuilder;
import io.lumbung.cache.Caches;
import io.lumbung.config.LumbungConfig;
import java.net.URI;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A Lumbung cache as it comes, connection and all; only the cache's declaration differs. */
final class LumbungContender implements Contender {

    private final Lumbung lumbung;
    private final Caches caches;
    private final Cache<String> cache;

    LumbungContender(URI redis, String name, UnaryOperator<CacheBuilder<String>> declaration) {
        lumbung = Lumbung.connect(LumbungConfig.builder().url(redis.toString()).build());
        caches = Caches.on(lumbung.kernel());
        cache = declaration
                .apply(caches.cache(name, String.class).ttl(Duration.ofHours(2)))
                .build();
    }

    @Override
    public void warm(String key, String value) {
        cache.put(key, value);
    }

    @Override
    public @Nullable String read(String key) {
        return cache.get(key).value().orElse(null);
    }

    @Override
    public void close() {
        caches.close();
        lumbung.close();
    }
}
