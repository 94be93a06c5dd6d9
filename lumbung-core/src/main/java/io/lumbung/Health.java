package io.lumbung;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How Redis does, as this process sees it right now.
 *
 * @param latency how long PING took, or how long we waited before we gave up; of two servers the longer
 * @param connectedAt when the present connection was made; empty while unhealthy
 * @param stateAtRisk whether the server that holds state may evict it
 */
public record Health(Status status, Duration latency, Optional<Instant> connectedAt, boolean stateAtRisk) {
    /** Whether Redis answers. */
    public enum Status {
        HEALTHY,
        UNHEALTHY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Health {
        Objects.requireNonNull(status, "status");
        if (latency.isNegative()) {
            throw new IllegalArgumentException("latency must not be negative, was " + latency);
        }
        if (status == Status.UNHEALTHY && connectedAt.isPresent()) {
            throw new IllegalArgumentException("what is unhealthy is not connected");
        }
    }

    /** Whether every server answers. */
    public boolean isHealthy() {
        return status == Status.HEALTHY;
    }

    /**
     * The fields as they are shown to others: {@code status}, {@code latency} such as {@code 1.2ms},
     * {@code connected_at} as RFC 3339 unless unhealthy, and {@code state_at_risk} only if it is.
     */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", status.toString());
        fields.put("latency", String.format(Locale.ROOT, "%.1fms", latency.toNanos() / 1e6));
        connectedAt.ifPresent(moment -> fields.put(
                "connected_at", DateTimeFormatter.ISO_INSTANT.format(moment.truncatedTo(ChronoUnit.MILLIS))));
        if (stateAtRisk) {
            fields.put("state_at_risk", true);
        }
        return fields;
    }

    /** The {@link #fields()} as a JSON object. */
    public String toJson() {
        return fields().entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\":"
                        + (field.getValue() instanceof String text ? "\"" + text + "\"" : field.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
