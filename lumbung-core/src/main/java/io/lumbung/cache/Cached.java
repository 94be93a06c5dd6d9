package io.lumbung.cache;

import java.util.Optional;

/**
 * What a cache holds under a key, or that it holds nothing. A stored {@code null} is a hit without a value.
 *
 * @param <V> the value
 */
public sealed interface Cached<V> {

    /** The value; empty for a miss and for a stored {@code null}, {@link #isHit()} tells them apart. */
    Optional<V> value();

    /** Whether there is an entry. */
    boolean isHit();

    /**
     * There is an entry.
     *
     * @param value empty if a {@code null} is stored
     */
    record Hit<V>(Optional<V> value) implements Cached<V> {
        @Override
        public boolean isHit() {
            return true;
        }
    }

    /** There is no valid entry, or Redis could not be asked. */
    record Miss<V>() implements Cached<V> {
        @Override
        public Optional<V> value() {
            return Optional.empty();
        }

        @Override
        public boolean isHit() {
            return false;
        }
    }
}
