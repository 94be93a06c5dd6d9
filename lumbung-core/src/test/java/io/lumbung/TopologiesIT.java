package io.lumbung;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.cache.Cache;
import io.lumbung.config.LumbungConfig;
import io.lumbung.config.OnEviction;
import io.lumbung.doctor.UnsafeServerException;
import io.lumbung.embedded.RedisCluster;
import io.lumbung.embedded.RedisSentinel;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.TlsFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One door to every kind of Redis. */
@Timeout(90)
class TopologiesIT {

    @Test
    void opensAClusterFromOneOfItsNodes() {
        try (RedisCluster cluster = RedisCluster.builder()
                .node(node -> node.config("maxmemory", "64mb").config("maxmemory-policy", "allkeys-lru"))
                .start()) {
            LumbungConfig.Builder config = LumbungConfig.builder().url(cluster.url());
            try (Lumbung lumbung = Lumbung.connect(config.build())) {
                cachesAndIsHealthy(lumbung);
                assertThat(lumbung.health().stateAtRisk()).isTrue();
            }
            assertThatThrownBy(() ->
                            Lumbung.connect(config.onEviction(OnEviction.REFUSE).build()))
                    .isInstanceOfSatisfying(
                            UnsafeServerException.class,
                            refused -> assertThat(refused.fixes())
                                    .hasSize(3)
                                    .allSatisfy(fix -> assertThat(fix).contains("noeviction on 127.0.0.1:")));
        }
    }

    @Test
    void opensAMasterBehindSentinels() {
        try (RedisSentinel sentinel = RedisSentinel.builder()
                .server(node -> node.config("maxmemory", "64mb").config("maxmemory-policy", "volatile-ttl"))
                .start()) {
            LumbungConfig.Builder config = LumbungConfig.builder().url(sentinel.url());
            try (Lumbung lumbung = Lumbung.connect(config.build())) {
                cachesAndIsHealthy(lumbung);
                assertThat(lumbung.health().stateAtRisk()).isTrue();
            }
            assertThatThrownBy(() ->
                            Lumbung.connect(config.onEviction(OnEviction.REFUSE).build()))
                    .isInstanceOf(UnsafeServerException.class)
                    .hasMessageContaining(
                            "noeviction on every server of the master '" + RedisSentinel.MASTER_NAME + "'");
        }
    }

    @Test
    void opensAServerThatEncryptsAndAsksForAPassword() {
        TlsFiles files = TlsFiles.create();
        try (RedisServer server =
                RedisServer.builder().tls(files).password("pw").start()) {
            LumbungConfig config = LumbungConfig.builder()
                    .url(server.url())
                    .caFile(files.authority())
                    .build();
            try (Lumbung lumbung = Lumbung.connect(config)) {
                cachesAndIsHealthy(lumbung);
            }
        }
    }

    private static void cachesAndIsHealthy(Lumbung lumbung) {
        Cache<String> names = lumbung.cache("names", String.class).tagged().build();
        for (int i = 0; i < 20; i++) {
            String name = "n" + i;
            assertThat(names.get(name, () -> name)).hasValue(name);
            assertThat(names.get(name).value()).hasValue(name);
        }
        names.clear();
        assertThat(names.get("n1").isHit()).isFalse();
        assertThat(lumbung.health().isHealthy()).isTrue();
    }
}
