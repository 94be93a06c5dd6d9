package io.lumbung.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lumbung.embedded.RedisServer.Data;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisSentinelIT {
    @Test
    void aKilledMasterIsReplacedAndComesBackAsAReplica() {
        try (RedisSentinel group = RedisSentinel.builder()
                .server(server -> server.password("s3cret"))
                .start()) {
            RedisServer first = group.master();
            assertThat(first).isSameAs(group.servers().get(0));
            assertThat(group.replicas()).containsExactly(group.servers().get(1));
            assertThat(group.url())
                    .startsWith("redis-sentinel://:s3cret@127.0.0.1:")
                    .endsWith("#lumbung");

            RedisClient client = RedisClient.create(group.url());
            try (StatefulRedisConnection<String, String> connection = client.connect()) {
                connection.setTimeout(Duration.ofSeconds(1));
                connection.sync().set("k", "v");
                first.command("WAIT", "1", "1000");
                first.kill();
                await().atMost(Duration.ofSeconds(30)).until(() -> group.master() != first);
                assertThat(group.master()).isSameAs(group.servers().get(1));
                await().atMost(Duration.ofSeconds(30))
                        .ignoreExceptions()
                        .until(() -> connection.sync().set("k", "w"), "OK"::equals);
            } finally {
                client.shutdown(0, 1, TimeUnit.SECONDS);
            }

            first.restart(Data.KEEP);
            await().atMost(Duration.ofSeconds(30)).until(() -> "w".equals(first.command("GET", "k")));
            assertThat((String) first.command("INFO", "replication")).contains("role:slave");
        }
    }

    @Test
    void twoReplicasFollowAMasterWithoutAPassword() {
        try (RedisSentinel group = RedisSentinel.builder().replicas(2).start()) {
            assertThat(group.url()).startsWith("redis-sentinel://127.0.0.1:");
            assertThat(group.replicas()).hasSize(2);
            assertThat(group.master().command("SET", "k", "v")).isEqualTo("OK");
            assertThat(group.master().command("WAIT", "2", "5000")).isEqualTo(2L);
        }
    }
}
