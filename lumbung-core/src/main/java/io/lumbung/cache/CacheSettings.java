package io.lumbung.cache;

import io.lumbung.key.Key;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/** Everything declared about one cache; two declarations of one name must be equal. */
record CacheSettings(
        String name,
        Type type,
        CacheDefaults numbers,
        Optional<Duration> nulls,
        boolean tagged,
        Function<Key, ? extends Collection<String>> tags,
        boolean strict,
        boolean plainJson) {}
