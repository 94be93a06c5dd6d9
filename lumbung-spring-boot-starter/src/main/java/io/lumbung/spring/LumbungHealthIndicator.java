package io.lumbung.spring;

import io.lumbung.Lumbung;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The health component {@code lumbung}. It is in neither the liveness nor the readiness group: an application whose
 * Redis is away still serves, and restarting it would not help.
 */
final class LumbungHealthIndicator implements HealthIndicator {
    private final Lumbung lumbung;

    LumbungHealthIndicator(Lumbung lumbung) {
        this.lumbung = lumbung;
    }

    @Override
    public Health health() {
        io.lumbung.Health health = lumbung.health();
        return (health.isHealthy() ? Health.up() : Health.down())
                .withDetails(health.fields())
                .build();
    }
}
