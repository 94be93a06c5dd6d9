package io.lumbung.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer.Data;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RedisClusterIT {
    @Test
    void threeMastersServeAllSlotsAndAReplicaTakesOver() {
        try (RedisCluster cluster =
                RedisCluster.builder().node(node -> node.password("pw")).start()) {
            assertThat(cluster.nodes()).hasSize(6);
            assertThat(cluster.masters()).isEqualTo(cluster.nodes().subList(0, 3));
            assertThat(cluster.replicas()).isEqualTo(cluster.nodes().subList(3, 6));
            assertThat(cluster.url()).isEqualTo(cluster.nodes().get(0).url());
            cluster.awaitHealthy();

            RedisServer owner = cluster.masterOf("key");
            assertThat(owner.command("SET", "key", "value")).isEqualTo("OK");
            assertThat(owner.command("WAIT", "1", "5000")).isEqualTo(1L);
            owner.kill();
            await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> cluster.masterOf("key") != owner);
            assertThat(cluster.masterOf("key").command("GET", "key")).isEqualTo("value");

            owner.restart(Data.KEEP);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat((String) owner.command("INFO", "replication"))
                            .contains("role:slave", "master_link_status:up"));
            cluster.awaitHealthy();
            assertThat(cluster.replicas()).contains(owner);
        }
    }
}
