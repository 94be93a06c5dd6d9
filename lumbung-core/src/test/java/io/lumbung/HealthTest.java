package io.lumbung;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00.123456789Z");

    @Test
    void saysWhenItConnectedWhileHealthy() {
        Health health = new Health(Health.Status.HEALTHY, Duration.ofNanos(1_234_567), Optional.of(NOON), false);

        assertThat(health.toJson())
                .isEqualTo(
                        "{\"status\":\"healthy\",\"latency\":\"1.2ms\",\"connected_at\":\"2026-11-20T12:00:00.123Z\"}");
    }

    @Test
    void leavesOutWhenItConnectedWhileUnhealthy() {
        Health health = new Health(Health.Status.UNHEALTHY, Duration.ofMillis(500), Optional.empty(), false);

        assertThat(health.toJson()).isEqualTo("{\"status\":\"unhealthy\",\"latency\":\"500.0ms\"}");
        assertThat(health.isHealthy()).isFalse();
    }

    @Test
    void saysThatStateIsAtRiskOnlyIfItIs() {
        Health health = new Health(Health.Status.HEALTHY, Duration.ZERO, Optional.empty(), true);

        assertThat(health.toJson()).isEqualTo("{\"status\":\"healthy\",\"latency\":\"0.0ms\",\"state_at_risk\":true}");
    }

    @Test
    void cannotBeUnhealthyAndConnected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Health(Health.Status.UNHEALTHY, Duration.ZERO, Optional.of(NOON), false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Health(Health.Status.HEALTHY, Duration.ofNanos(-1), Optional.empty(), false));
    }
}
