package io.lumbung.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lumbung.Servers;
import io.lumbung.embedded.fault.Cut;
import io.lumbung.embedded.fault.FaultProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The check of {@link OutcomeContract} finds what it looks for: the client as it comes runs a cut write twice. */
@Timeout(60)
class UnsafeClientIT {

    @Test
    void theClientsDefaultsRunAWriteTwice() throws Exception {
        FaultProxy proxy = Servers.standaloneProxy();
        String key = Rig.freshKey().text();
        RedisClient client = RedisClient.create(proxy.url());
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().ping();
            proxy.cutAfterExecution("INCR", 50, Cut.FIN);
            List<RedisFuture<Long>> sent = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                sent.add(connection.async().incr(key));
            }
            int acknowledged = 0;
            int unknown = 0;
            for (RedisFuture<Long> one : sent) {
                if (one.await(10, TimeUnit.SECONDS) && one.getError() == null) {
                    acknowledged++;
                } else {
                    unknown++;
                }
            }
            long value = Long.parseLong(String.valueOf(Servers.standalone().command("GET", key)));
            System.out.println("the client's defaults: " + acknowledged + " acknowledged, " + unknown
                    + " unknown, the counter says " + value);
            assertThat(value).isGreaterThan((long) acknowledged + unknown);
        } finally {
            proxy.heal();
            client.shutdown();
        }
    }
}
