package io.lumbung.spring;

import io.lumbung.embedded.RedisServer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The server of an application that names none: for development, gone with the application and all it held. */
final class EmbeddedRedis {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.spring");

    private EmbeddedRedis() {}

    /** @param executable the server program; {@code null} to look for one */
    static RedisServer start(@Nullable String executable) {
        RedisServer.Builder builder = RedisServer.builder().inMemoryOnly();
        if (executable != null && !executable.isBlank()) {
            builder.executable(Path.of(executable.strip()));
        }
        RedisServer server = builder.start();
        LOG.info(
                "no Redis is configured: using an embedded {} on {}, for development; it forgets everything when this"
                        + " application ends. Set REDIS_URL or REDIS_HOST to use yours",
                server,
                server.url());
        return server;
    }
}
