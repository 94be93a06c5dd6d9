package io.lumbung.redis;

import static io.lumbung.redis.OutcomeContract.eventually;
import static io.lumbung.redis.Rig.incr;
import static io.lumbung.redis.Rig.patient;
import static io.lumbung.redis.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.config.LumbungConfig;
import io.lumbung.config.RedisConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.observe.Observer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectIT {

    @Test
    void saysWhereItFailedToConnectAndWhy() {
        RedisServer server = RedisServer.start();
        int port = server.port();
        server.close();
        assertThatThrownBy(() -> connect(config("redis://127.0.0.1:" + port)))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("failed to connect to Redis at 127.0.0.1:" + port)
                .hasMessageContaining("REDIS_URL")
                .hasCauseInstanceOf(Exception.class);
    }

    @Test
    void givesUpOnAServerThatTakesConnectionsAndDoesNotAnswer() {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.inFrontOf(server)) {
            proxy.stall();
            assertThatThrownBy(() -> connect(config(proxy.url())))
                    .hasMessageContaining("failed to connect to Redis at " + proxy.host() + ":" + proxy.port());
        }
    }

    @Test
    void startsWithoutRedisIfToldSoAndConnectsLater() {
        try (RedisServer server = RedisServer.start()) {
            server.kill();
            RedisConfig config = LumbungConfig.builder()
                    .url(server.url())
                    .optionalAtStart()
                    .build()
                    .redis();
            try (Gateway redis = connect(config)) {
                assertThat(redis.available()).isFalse();
                assertThat(redis.connectedAt()).isEmpty();
                assertThatThrownBy(() -> redis.call(incr(Rig.freshKey()), soon()))
                        .isInstanceOf(StoreUnavailableException.class);
                server.restart(RedisServer.Data.EMPTY);
                assertThat(eventually(() -> redis.call(incr(Rig.freshKey()), soon())))
                        .isEqualTo(1);
                assertThat(redis.connectedAt()).isPresent();
            }
        }
    }

    @Test
    void comesBackAfterTheServerWasKilled() {
        try (RedisServer server = RedisServer.start();
                Gateway redis = connect(config(server.url()))) {
            redis.call(incr(Rig.freshKey()), patient());
            server.kill();
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10; i++) {
                            redis.call(incr(Rig.freshKey()), soon());
                        }
                    })
                    .isInstanceOf(StoreException.class);
            server.restart(RedisServer.Data.EMPTY);
            assertThat(eventually(() -> redis.call(incr(Rig.freshKey()), soon())))
                    .isEqualTo(1);
        }
    }

    @Test
    void authenticatesAndSaysWhichRightIsMissing() {
        try (RedisServer server = RedisServer.builder()
                .user("app", "secret", "~app:* &* +@all -incr")
                .start()) {
            try (Gateway redis = connect(config(server.url("app")))) {
                assertThat(redis.ping(patient())).isPositive();
                assertThatThrownBy(() -> redis.call(incr(Rig.freshKey()), patient()))
                        .isInstanceOf(StoreRefusedException.class)
                        .hasMessageContaining("NOPERM")
                        .hasMessageContaining("ACL SETUSER");
            }
            String wrong = server.url("app").replace("secret", "canary-7f");
            assertThatThrownBy(() -> connect(config(wrong)))
                    .hasMessageContaining("failed to connect")
                    .hasMessageContaining("WRONGPASS")
                    .satisfies(e -> assertThat(String.valueOf(e)).doesNotContain("canary-7f"));
        }
    }

    @Test
    void valuesNeverTakeTheControlConnection() {
        try (RedisServer server = RedisServer.start();
                Gateway redis = connect(config(server.url()))) {
            Wire wire = ((LettuceGateway) redis).wire();
            assertThat(wire.width(Lane.CONTROL)).isEqualTo(wire.width(Lane.DATA) + 1);
            Set<String> data = clients(wire, Lane.DATA);
            Set<String> control = clients(wire, Lane.CONTROL);
            assertThat(control).as("control may fall back on the others").containsAll(data);
            assertThat(control).as("and has one of its own").hasSize(data.size() + 1);
        }
    }

    /** The client ids of all connections that a command of {@code lane} may take. */
    private static Set<String> clients(Wire wire, Lane lane) {
        Set<String> ids = new HashSet<>();
        await().ignoreExceptions().until(() -> {
            for (int turn = 0; turn < wire.width(lane); turn++) {
                WireCommand ask = WireCommand.bare("CLIENT", "ID");
                wire.dispatch(ask, lane, turn);
                ids.add(String.valueOf((Object) ask.get(5, TimeUnit.SECONDS)));
            }
            return true;
        });
        return ids;
    }

    @Test
    void openedConnectionsStayWithinThePool() {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.inFrontOf(server)) {
            RedisConfig config = LumbungConfig.builder()
                    .url(proxy.url())
                    .poolSize(2)
                    .minIdleConns(1)
                    .build()
                    .redis();
            try (Gateway redis = connect(config)) {
                List<Thread> threads = IntStream.range(0, 32)
                        .mapToObj(i -> new Thread(() -> {
                            for (int j = 0; j < 50; j++) {
                                redis.call(incr(Rig.freshKey()), patient());
                            }
                        }))
                        .toList();
                threads.forEach(Thread::start);
                threads.forEach(ConnectIT::join);
                assertThat(proxy.connections())
                        .as("two for data, one for control")
                        .isBetween(2, 3);
            }
        }
    }

    private static Gateway connect(RedisConfig config) {
        return Gateway.connect(config, Duration.ofMillis(250), Observer.NONE, task -> new Thread(task).start());
    }

    private static RedisConfig config(String url) {
        return RigConfig.at(url);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
