package io.lumbung.benchmarks;

import io.lumbung.Lumbung;
import io.lumbung.cache.Cache;
import io.lumbung.cache.CacheBuilder;
import io.lumbung.codec.JsonText;
import io.lumbung.config.LumbungConfig;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A Lumbung cache as it comes, connection and all; only the cache's declaration differs.
 *
 * @param <V> what the text is to the cache
 */
final class LumbungContender<V> implements Contender {

    private final Lumbung lumbung;
    private final Cache<V> cache;
    private final Function<String, V> value;
    private final Function<V, String> text;

    private LumbungContender(
            URI redis,
            String name,
            Class<V> type,
            Function<String, V> value,
            Function<V, String> text,
            UnaryOperator<CacheBuilder<V>> declaration) {
        this.value = value;
        this.text = text;
        lumbung = Lumbung.connect(LumbungConfig.builder().url(redis.toString()).build());
        cache = declaration
                .apply(lumbung.cache(name, type).ttl(Duration.ofHours(2)))
                .build();
    }

    /** The text is JSON and stored as it is, as the peers store it. */
    static Contender asItIs(URI redis, String name, UnaryOperator<CacheBuilder<JsonText>> declaration) {
        return new LumbungContender<>(redis, name, JsonText.class, JsonText::new, JsonText::text, declaration);
    }

    /** The text is a string, written as JSON and parsed at each hit. */
    static Contender parsed(URI redis, String name, UnaryOperator<CacheBuilder<String>> declaration) {
        return new LumbungContender<>(redis, name, String.class, text -> text, text -> text, declaration);
    }

    @Override
    public void warm(String key, String json) {
        cache.put(key, value.apply(json));
    }

    @Override
    public @Nullable String read(String key) {
        return cache.get(key).value().map(text).orElse(null);
    }

    @Override
    public void close() {
        lumbung.close();
    }
}
