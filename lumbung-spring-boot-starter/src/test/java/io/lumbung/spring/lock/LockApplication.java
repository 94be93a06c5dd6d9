package io.lumbung.spring.lock;

import io.lumbung.embedded.RedisServer;
import io.lumbung.spring.LumbungAutoConfiguration;
import java.util.UUID;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The smallest application with locks. */
final class LockApplication {
    private LockApplication() {}

    /** On this server, below this prefix: instances of one application share it. */
    static ApplicationContextRunner on(RedisServer server, String prefix) {
        return new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(LumbungLockAutoConfiguration.class, LumbungAutoConfiguration.class))
                .withPropertyValues(
                        "lumbung.redis.url=" + server.url(),
                        // A busy machine must not look like a Redis that is down.
                        "lumbung.lock.deadline=3s",
                        "lumbung.redis.start-timeout=60s",
                        "lumbung.redis.connect-timeout=30s",
                        "lumbung.key-prefix=" + prefix);
    }

    static String prefix() {
        return "t" + UUID.randomUUID().toString().substring(0, 8);
    }
}
