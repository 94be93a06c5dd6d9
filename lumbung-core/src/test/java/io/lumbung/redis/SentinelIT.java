package io.lumbung.redis;

import static io.lumbung.redis.Rig.incr;
import static io.lumbung.redis.Rig.patient;
import static io.lumbung.redis.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisSentinel;
import io.lumbung.embedded.RedisServer;
import io.lumbung.error.StoreException;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class SentinelIT {

    @Test
    void followsTheMasterWhenItDies() {
        try (RedisSentinel sentinel = RedisSentinel.start();
                Gateway redis = connect(sentinel)) {
            StoreKey key = Rig.freshKey();
            assertThat(redis.call(incr(key), patient())).isEqualTo(1);
            sentinel.master().kill();
            worksAgain(redis);
        }
    }

    @Test
    void leavesAMasterThatWokeUpAfterItWasReplaced() {
        try (RedisSentinel sentinel = RedisSentinel.start();
                Gateway redis = connect(sentinel)) {
            redis.call(incr(Rig.freshKey()), patient());
            RedisServer zombie = sentinel.master();
            zombie.pause();
            await().atMost(Duration.ofSeconds(30)).until(() -> sentinel.master() != zombie);
            zombie.resume();
            // The zombie takes writes for seconds until a Sentinel demotes it, and all of them are lost.
            StoreKey key = Rig.freshKey();
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(StoreException.class)
                    .until(() -> {
                        redis.call(incr(key), soon());
                        return sentinel.master().command("GET", key.text()) != null;
                    });
            assertThat(redis.call(incr(Rig.freshKey()), patient())).isEqualTo(1);
        }
    }

    private static void worksAgain(Gateway redis) {
        StoreKey key = Rig.freshKey();
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> redis.call(incr(key), soon()) > 0);
    }

    private static Gateway connect(RedisSentinel sentinel) {
        return Gateway.connect(
                RigConfig.at(sentinel.url()), Rig.DEADLINE, Observer.NONE, task -> new Thread(task).start());
    }
}
