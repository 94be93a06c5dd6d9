package io.lumbung.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ShorterLifeIT {
    @Test
    void aSessionWithAShorterLifeThanThePolicysLivesOnWhileItIsUsed() {
        try (RedisServer redis = RedisServer.builder().inMemoryOnly().start();
                Lumbung lumbung =
                        Lumbung.connect(LumbungConfig.builder().url(redis.url()).build())) {
            SessionPolicy policy = SessionPolicy.standard();
            Sessions sessions = lumbung.sessions(policy);
            SessionToken token = ((CreateResult.Created) sessions.create(NewSession.of("ana"))).token();

            Sessions shorter = lumbung.sessions(policy.withIdle(Duration.ofSeconds(2)));
            assertThat(shorter.refresh(token).orElseThrow().idle()).isEqualTo(Duration.ofSeconds(2));

            await().pollInterval(Duration.ofMillis(100))
                    .during(Duration.ofSeconds(3))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> sessions.find(token).isPresent());
        }
    }
}
