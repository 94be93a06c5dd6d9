package io.lumbung.embedded.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.RedisServer.Data;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProxiedClusterIT {
    @Test
    void aClientNeverSeesAnythingButTheProxies() {
        try (ProxiedCluster proxied = ProxiedCluster.start()) {
            RedisClusterClient client = RedisClusterClient.create(proxied.url());
            client.setOptions(ClusterClientOptions.builder()
                    .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                    .build());
            try (StatefulRedisClusterConnection<String, String> connection = client.connect()) {
                List<Integer> ports =
                        proxied.proxies().stream().map(FaultProxy::port).toList();
                assertThat(connection.getPartitions())
                        .extracting(node -> node.getUri().getPort())
                        .containsExactlyInAnyOrderElementsOf(ports);
                for (int i = 0; i < 300; i++) {
                    connection.sync().incr("n" + i);
                }
                assertThat(proxied.count("INCR")).isEqualTo(300);

                RedisServer owner = proxied.cluster().masterOf("n7");
                proxied.proxyOf(owner).cutAfterExecution("INCR", 1, Cut.FIN);
                assertThatThrownBy(() -> connection.sync().incr("n7")).isInstanceOf(RuntimeException.class);
                assertThat(owner.command("GET", "n7")).isEqualTo("2");
                await().ignoreExceptions().until(() -> connection.sync().get("n7"), "2"::equals);
            } finally {
                client.shutdown(0, 1, TimeUnit.SECONDS);
            }
            aRestartedNodeStillAnnouncesItsProxy(proxied);
        }
    }

    private static void aRestartedNodeStillAnnouncesItsProxy(ProxiedCluster proxied) {
        RedisServer node = proxied.cluster().nodes().get(0);
        node.restart(Data.KEEP);
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> {
            proxied.cluster().awaitHealthy();
            return true;
        });
        assertThat(node.command("CONFIG", "GET", "cluster-announce-port"))
                .isEqualTo(List.of(
                        "cluster-announce-port", String.valueOf(proxied.proxy(0).port())));
    }
}
