package io.lumbung.cache;

import java.util.Objects;
import java.util.Optional;

/**
 * What is announced about a write.
 *
 * @param entity the entity's name
 * @param kind what happened to it
 * @param id whose it was; empty for a new one
 */
public record EntityChange(String entity, Kind kind, Optional<String> id) {
    public EntityChange {
        Objects.requireNonNull(entity, "entity");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(id, "id");
    }

    /** What can happen to an entity. */
    public enum Kind {
        CREATED,
        UPDATED,
        DELETED
    }
}
