package io.lumbung.cache;

import java.util.Objects;
import java.util.Optional;

/**
 * An answer, and where it came from.
 *
 * @param value empty if the source has none
 * @param source where it came from
 * @param <V> the value
 */
public record Fetched<V>(Optional<V> value, Source source) {
    public Fetched {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(source, "source");
    }
}
