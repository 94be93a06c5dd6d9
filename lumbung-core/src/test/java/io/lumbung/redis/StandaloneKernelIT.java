package io.lumbung.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.Servers;
import io.lumbung.config.RedisConfig;
import io.lumbung.embedded.fault.Cut;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.key.StoreKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StandaloneKernelIT implements OutcomeContract, KernelContract {

    @Test
    void aChannelAskedForWhileTheLinkWasDownIsHeardOnceItIsUp() {
        try (Gateway redis = rig().connect(List.of())) {
            Subscription before = redis.subscribe("app:before", message -> {}, Rig.patient());
            assertThat(before.isUp()).isTrue();
            rig().proxy().refuse(true);
            rig().proxy().cutAll(Cut.FIN);
            await().until(() -> !before.isUp());
            AtomicInteger heard = new AtomicInteger();
            Subscription meanwhile = redis.subscribe(
                    "app:meanwhile", message -> heard.incrementAndGet(), Deadline.in(Duration.ofMillis(50)));
            assertThat(meanwhile.isUp()).isFalse();
            rig().proxy().refuse(false);
            await().until(() -> before.isUp() && meanwhile.isUp());
            Servers.standalone().command("PUBLISH", "app:meanwhile", "x");
            await().until(() -> heard.get() == 1);
        } finally {
            rig().proxy().heal();
        }
    }

    @Override
    public Rig rig() {
        return new Rig() {
            @Override
            public RedisConfig config() {
                return RigConfig.at(proxy().url());
            }

            @Override
            public FaultProxy proxy() {
                return Servers.standaloneProxy();
            }

            @Override
            public StoreKey key() {
                return Rig.freshKey();
            }

            @Override
            public Object direct(String... words) {
                return Servers.standalone().command(words);
            }
        };
    }
}
