package io.lumbung.redis;

import static io.lumbung.redis.Rig.incr;
import static io.lumbung.redis.Rig.patient;
import static io.lumbung.redis.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.Servers;
import io.lumbung.config.RedisConfig;
import io.lumbung.embedded.RedisCluster;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.Cut;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.embedded.fault.ProxiedCluster;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterKernelIT implements OutcomeContract, KernelContract {

    @Override
    public Rig rig() {
        ProxiedCluster proxied = Servers.cluster();
        RedisCluster cluster = proxied.cluster();
        RedisServer node = cluster.masters().get(0);
        return new Rig() {
            @Override
            public RedisConfig config() {
                return RigConfig.at(proxied.url());
            }

            @Override
            public FaultProxy proxy() {
                return proxied.proxyOf(node);
            }

            @Override
            public StoreKey key() {
                StoreKey key = Rig.freshKey();
                while (cluster.masterOf(key.text()) != node) {
                    key = Rig.freshKey();
                }
                return key;
            }

            @Override
            public void cutSubscribers() {
                proxied.proxies().forEach(proxy -> proxy.cutAll(Cut.FIN));
            }

            @Override
            public Object direct(String... words) {
                return node.command(words);
            }
        };
    }

    @Test
    void aClusterIsFoundOutWithoutBeingTold() {
        try (Gateway redis = rig().connect(List.of())) {
            assertThat(redis.masters()).hasSize(3);
            assertThat(redis.available()).isTrue();
        }
    }

    @Test
    void aSilentNodeStopsOnlyItsOwnSlots() {
        try (Gateway redis = rig().connect(List.of())) {
            rig().proxy().stall();
            StoreKey lost = rig().key();
            StoreKey other = Rig.freshKey();
            RedisCluster cluster = Servers.cluster().cluster();
            while (cluster.masterOf(other.text()) == cluster.masters().get(0)) {
                other = Rig.freshKey();
            }
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> redis.call(incr(lost), soon())).isNotNull();
                assertThat(redis.call(incr(other), patient())).isEqualTo(i + 1);
            }
            assertThatThrownBy(() -> redis.call(incr(lost), soon())).isInstanceOf(StoreUnavailableException.class);
        }
    }

    @Test
    void aReplicaTakesOverFromADeadMaster() {
        try (RedisCluster cluster = RedisCluster.builder()
                        .nodeTimeout(Duration.ofSeconds(1))
                        .start();
                Gateway redis = Gateway.connect(
                        RigConfig.at(cluster.url()), Rig.DEADLINE, Observer.NONE, task -> new Thread(task).start())) {
            StoreKey key = Rig.freshKey();
            redis.call(incr(key), patient());
            cluster.masterOf(key.text()).kill();
            assertThat(await().atMost(Duration.ofSeconds(20))
                            .ignoreExceptionsInstanceOf(StoreException.class)
                            .until(() -> redis.call(incr(key), soon()), value -> true))
                    .isPositive();
            await().atMost(Duration.ofSeconds(20)).until(redis::available);
        }
    }
}
