package io.lumbung.cache;

import io.lumbung.cache.EntityChange.Kind;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops the cached copies of what was written: call it after the commit and before the answer.
 *
 * <pre>{@code
 * Invalidator invalidator = Invalidator.builder()
 *         .entity("user", rules -> rules.entry(users).listsTagged(caches, "user-lists"))
 *         .build();
 * …
 * invalidator.afterUpdate("user", id);
 * }</pre>
 *
 * <p>A write is never failed by its invalidation: one that Redis did not confirm is logged at ERROR, measured, kept and
 * repeated until it is confirmed, and until then this process answers what it covers from the source. Thread-safe.
 */
public final class Invalidator {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.cache");

    private final Map<String, Rules> entities;
    private final @Nullable Consumer<EntityChange> announcement;

    private Invalidator(Map<String, Rules> entities, @Nullable Consumer<EntityChange> announcement) {
        this.entities = entities;
        this.announcement = announcement;
    }

    /** Begins a declaration of entities. */
    public static Builder builder() {
        return new Builder();
    }

    /** A new one was written: drops the entity's lists. */
    public void afterCreate(String entity) {
        after(entity, Kind.CREATED, Optional.empty());
    }

    /** One was changed: drops its entry and the entity's lists. */
    public void afterUpdate(String entity, String id) {
        after(entity, Kind.UPDATED, Optional.of(id));
    }

    /** One was deleted: drops its entry and the entity's lists. */
    public void afterDelete(String entity, String id) {
        after(entity, Kind.DELETED, Optional.of(id));
    }

    /**
     * Runs {@code loader} in any case and replaces the entry of {@code id}, as {@link Cache#warmUp} does.
     *
     * @throws X what the loader threw
     * @throws StoreException if Redis did not confirm the new entry
     */
    public <V, X extends Exception> Optional<V> warmUp(
            Cache<V> cache, String id, Duration ttl, Loader<? extends V, X> loader) throws X {
        return cache.warmUp(Key.of(id), ttl, loader);
    }

    private void after(String entity, Kind kind, Optional<String> id) {
        Rules rules = entities.get(entity);
        if (rules == null) {
            throw new IllegalArgumentException(
                    "no rules for entity '" + entity + "'; there are rules for " + entities.keySet());
        }
        if (rules.strategy == InvalidationStrategy.TTL_ONLY) {
            return;
        }
        id.ifPresent(changed ->
                rules.entries.forEach(cache -> quietly(entity, kind, () -> cache.invalidate(Key.of(changed)))));
        rules.lists.forEach(list -> quietly(entity, kind, list));
        if (rules.strategy == InvalidationStrategy.ON_EVENT) {
            announce(new EntityChange(entity, kind, id));
        }
    }

    private static void quietly(String entity, Kind kind, Runnable invalidation) {
        try {
            invalidation.run();
        } catch (StoreException kept) {
            // Said at ERROR where it is kept, once per outage and not once per write.
            log.debug("{} {}: an invalidation is kept: {}", entity, kind, kept.getMessage());
        }
    }

    private void announce(EntityChange change) {
        try {
            Objects.requireNonNull(announcement).accept(change);
        } catch (RuntimeException e) {
            log.error(
                    "{} {}: not announced, other instances keep their copies until they expire",
                    change.entity(),
                    change.kind(),
                    e);
        }
    }

    /** Declares what is cached about which entity. Belongs to one thread. */
    public static final class Builder {
        private final Map<String, Rules> entities = new LinkedHashMap<>();
        private @Nullable Consumer<EntityChange> announcement;

        private Builder() {}

        /** What is cached about {@code entity}. */
        public Builder entity(String entity, Consumer<Rules> rules) {
            Rules declared = new Rules();
            rules.accept(declared);
            if (entities.putIfAbsent(entity, declared) != null) {
                throw new IllegalArgumentException("entity '" + entity + "' is declared twice");
            }
            return this;
        }

        /** Who is told about the writes of entities with the strategy {@link InvalidationStrategy#ON_EVENT}. */
        public Builder announceTo(Consumer<EntityChange> listener) {
            this.announcement = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * The invalidator.
         *
         * @throws IllegalArgumentException if an entity is to be announced and nobody is there to be told
         */
        public Invalidator build() {
            entities.forEach((entity, rules) -> {
                if (rules.strategy == InvalidationStrategy.ON_EVENT && announcement == null) {
                    throw new IllegalArgumentException(
                            "entity '" + entity + "' is to be announced, but to nobody: add announceTo(…)");
                }
            });
            return new Invalidator(Map.copyOf(entities), announcement);
        }
    }

    /** What is cached about one entity, and when it goes. */
    public static final class Rules {
        private final List<Cache<?>> entries = new ArrayList<>();
        private final List<Runnable> lists = new ArrayList<>();
        private InvalidationStrategy strategy = InvalidationStrategy.ON_WRITE;

        private Rules() {}

        /** {@code cache} holds single ones, under {@code Key.of(id)}. */
        public Rules entry(Cache<?> cache) {
            entries.add(Objects.requireNonNull(cache, "cache"));
            return this;
        }

        /** All lists carry {@code tag}, in whatever cache: dropped in one round trip. */
        public Rules listsTagged(Caches caches, String tag) {
            lists.add(() -> caches.invalidateTag(tag));
            return this;
        }

        /** {@code cache} holds nothing but lists: it is cleared. One round trip if it is tagged, otherwise a walk. */
        public Rules listsIn(Cache<?> cache) {
            lists.add(cache::clear);
            return this;
        }

        /** Lists are the entries of {@code cache} that match {@code glob}: found by a walk over all keys. */
        public Rules listsMatching(Cache<?> cache, String glob) {
            lists.add(() -> cache.deletePattern(glob));
            return this;
        }

        /** When they go; {@link InvalidationStrategy#ON_WRITE} by default. */
        public Rules strategy(InvalidationStrategy when) {
            this.strategy = Objects.requireNonNull(when, "strategy");
            return this;
        }
    }
}
