package io.lumbung.redis;

import static io.lumbung.redis.OutcomeContract.eventually;
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
import java.util.concurrent.atomic.AtomicBoolean;
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
    void oneSilentMasterIsEnoughToBeUnhealthy() {
        try (Gateway redis = rig().connect(List.of())) {
            ProxiedCluster proxied = Servers.cluster();
            assertThat(redis.ping(patient())).isPositive();
            for (RedisServer master : proxied.cluster().masters()) {
                proxied.proxyOf(master).stall();
                assertThatThrownBy(() -> redis.ping(soon()))
                        .as(master + " is silent")
                        .isInstanceOf(StoreException.class);
                proxied.proxyOf(master).heal();
                assertThat(eventually(() -> redis.ping(soon()))).isPositive();
            }
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

    @Test
    void followsASlotThatMovesToAnotherMaster() throws InterruptedException {
        try (RedisCluster cluster = RedisCluster.start();
                Gateway redis = Gateway.connect(
                        RigConfig.at(cluster.url()), Rig.DEADLINE, Observer.NONE, task -> new Thread(task).start())) {
            StoreKey key = Rig.freshKey();
            RedisServer source = cluster.masterOf(key.text());
            RedisServer target = cluster.masters().stream()
                    .filter(master -> master != source)
                    .findFirst()
                    .orElseThrow();
            String slot = String.valueOf(source.command("CLUSTER", "KEYSLOT", key.text()));
            String sourceId = String.valueOf(source.command("CLUSTER", "MYID"));
            String targetId = String.valueOf(target.command("CLUSTER", "MYID"));

            AtomicBoolean stop = new AtomicBoolean();
            Tally tally = new Tally();
            Thread counting = new Thread(() -> {
                while (!stop.get()) {
                    tally.count(redis.send(incr(key), patient()));
                    tally.count(redis.send(COUNT.on("test.count", List.of(key), 1), patient()));
                }
            });
            counting.start();
            try {
                await().until(() -> tally.acknowledged > 100);
                target.command("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId);
                source.command("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
                source.command("MIGRATE", target.host(), String.valueOf(target.port()), key.text(), "0", "5000");
                int before = tally.acknowledged;
                await().until(() -> tally.acknowledged > before + 100);
                target.command("CLUSTER", "SETSLOT", slot, "NODE", targetId);
                source.command("CLUSTER", "SETSLOT", slot, "NODE", targetId);
                int moved = tally.acknowledged;
                await().until(() -> tally.acknowledged > moved + 100);
            } finally {
                stop.set(true);
                counting.join();
            }
            long value = Long.parseLong(String.valueOf(target.command("GET", key.text())));
            assertThat(value)
                    .as("counted while the slot moved: " + tally)
                    .isBetween((long) tally.acknowledged, (long) tally.acknowledged + tally.unknown);
        }
    }
}
