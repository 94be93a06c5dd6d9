package seeded.io.lumbung.session;

import org.jspecify.annotations.Nullable;
import seeded.io.lumbung.cache.RedisCache;

/** Makes a circle with the cache. */
public final class Session {
    @Nullable
    RedisCache cache;
}
