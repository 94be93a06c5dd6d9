package io.lumbung.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GatewayIT {
    private static RedisServer server;
    private final KeySpace keys = new KeySpace("app");
    private final StoreKey key = keys.cacheValue(keys.cachePrefix("thing"), Key.of("a"));
    private Gateway redis;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() {
        redis = Gateway.connect(
                LumbungConfig.builder().url(server.url()).build().redis(),
                Duration.ofMillis(250),
                Observer.NONE,
                Runnable::run);
    }

    @AfterEach
    void close() {
        redis.close();
    }

    @Test
    void setsAndGets() {
        assertThat(redis.call(Command.on("t", "SET", key, Reply::text, "v"), soon()))
                .isEqualTo("OK");
        assertThat(redis.call(Command.on("t", "GET", key, Reply::text), soon())).isEqualTo("v");
    }

    @Test
    void scansEveryKey() {
        for (int i = 0; i < 500; i++) {
            redis.call(
                    Command.on("t", "SET", keys.cacheValue(keys.cachePrefix("scan"), Key.of("" + i)), Reply::text, "v"),
                    soon());
        }
        List<String> found = new ArrayList<>();
        redis.scan("app:scan:*", Duration.ofSeconds(1), found::addAll);
        assertThat(found).hasSizeGreaterThanOrEqualTo(500);
    }

    @Test
    void closesOnceAndIsThenNotConnected() {
        redis.close();
        redis.close();
        assertThatThrownBy(() -> redis.call(Command.on("t", "GET", key, Reply::text), soon()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Redis not connected");
    }

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(1));
    }
}
