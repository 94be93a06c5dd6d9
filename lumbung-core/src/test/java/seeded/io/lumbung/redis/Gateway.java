package seeded.io.lumbung.redis;

import org.jspecify.annotations.Nullable;
import seeded.io.lumbung.cache.RedisCache;

/** A kernel class that knows a feature. */
public final class Gateway {
    @Nullable
    RedisCache cache;
}
