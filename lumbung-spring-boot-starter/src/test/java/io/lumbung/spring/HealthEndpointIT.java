package io.lumbung.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import java.time.Duration;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.application.AvailabilityHealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HealthEndpointIT {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LumbungAutoConfiguration.class,
                    ApplicationAvailabilityAutoConfiguration.class,
                    AvailabilityHealthContributorAutoConfiguration.class,
                    AvailabilityProbesAutoConfiguration.class,
                    HealthContributorAutoConfiguration.class,
                    HealthContributorRegistryAutoConfiguration.class,
                    EndpointAutoConfiguration.class,
                    HealthEndpointAutoConfiguration.class))
            .withPropertyValues("management.endpoint.health.probes.enabled=true");

    @Test
    void showsTheComponentLumbung() {
        application.run(context -> {
            JsonNode shown = component(context.getBean(HealthEndpoint.class));

            assertThat(shown.get("status").asString()).isEqualTo("UP");
            assertThat(shown.get("details").get("status").asString()).isEqualTo("healthy");
            assertThat(shown.get("details").get("latency").asString()).matches("[0-9]+\\.[0-9]ms");
            assertThat(OffsetDateTime.parse(
                            shown.get("details").get("connected_at").asString()))
                    .isBefore(OffsetDateTime.now());
            assertThat(shown.get("details").has("state_at_risk")).isFalse();
        });
    }

    @Test
    void aRedisThatGoesDownIsShownAndLeavesTheProbesAlone() {
        application.run(context -> {
            HealthEndpoint health = context.getBean(HealthEndpoint.class);
            RedisServer server = context.getBean(RedisServer.class);
            AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
            AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
            server.kill();

            JsonNode shown = component(health);
            assertThat(shown.get("status").asString()).isEqualTo("DOWN");
            assertThat(shown.get("details").get("status").asString()).isEqualTo("unhealthy");
            assertThat(shown.get("details").has("connected_at")).isFalse();
            assertThat(status(health, "liveness")).isEqualTo("UP");
            assertThat(status(health, "readiness")).isEqualTo("UP");

            server.restart(RedisServer.Data.EMPTY);
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(
                            () -> assertThat(component(health).get("status").asString())
                                    .isEqualTo("UP"));
        });
    }

    @Test
    void canBeSwitchedOffAlone() {
        application
                .withPropertyValues("management.health.lumbung.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean("lumbungHealthIndicator"));
    }

    private static JsonNode component(HealthEndpoint health) {
        return JSON.valueToTree(health.healthForPath("lumbung"));
    }

    private static String status(HealthEndpoint health, String group) {
        HealthDescriptor shown = health.healthForPath(group);
        return shown.getStatus().getCode();
    }
}
