package seeded.io.lumbung.cache;

import io.lettuce.core.RedisClient;
import java.io.ObjectInputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import seeded.io.lumbung.Lumbung;
import seeded.io.lumbung.session.Session;
import tools.jackson.databind.json.JsonMapper;

/** Public, knows another feature, the door, the client, Jackson, the clock and Java serialization. */
public final class RedisCache {
    @Nullable
    Lumbung door;

    @Nullable
    Session session;

    @Nullable
    JsonMapper mapper;

    @Nullable
    ObjectInputStream stream;

    public @Nullable RedisClient client() {
        return null;
    }

    Instant now() {
        return Instant.now();
    }
}
