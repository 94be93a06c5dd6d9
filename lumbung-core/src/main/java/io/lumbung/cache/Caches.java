package io.lumbung.cache;

import io.lumbung.codec.TypeRef;
import io.lumbung.error.StoreException;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Parking;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the caches of one application. One per process and Redis is right: it holds what this process knows about
 * loads in progress and about invalidations that Redis did not confirm. Thread-safe.
 */
public final class Caches implements AutoCloseable {
    private final CacheDefaults defaults;
    private final Workshop workshop;
    private final Map<String, RedisCache<?>> declared = new ConcurrentHashMap<>();

    private Caches(Workshop workshop, CacheDefaults defaults) {
        this.workshop = workshop;
        this.defaults = Objects.requireNonNull(defaults, "defaults");
    }

    /** Caches on {@code kernel}, which is borrowed, with the standard defaults. */
    public static Caches on(Kernel kernel) {
        return on(kernel, CacheDefaults.standard());
    }

    /** Caches on {@code kernel}, which is borrowed. */
    public static Caches on(Kernel kernel, CacheDefaults defaults) {
        return with(Workshop.of(kernel, new Commands(kernel.keys()), Parking.REAL, defaults.deadline()), defaults);
    }

    static Caches with(Workshop workshop, CacheDefaults defaults) {
        return new Caches(workshop, defaults);
    }

    /**
     * Begins to declare a cache of values of one class.
     *
     * @throws IllegalArgumentException if the name cannot name a cache
     */
    public <V> CacheBuilder<V> cache(String name, Class<V> type) {
        return new CacheBuilder<>(this, name, Objects.requireNonNull(type, "type"), defaults);
    }

    /**
     * Begins to declare a cache of values of a generic type.
     *
     * @throws IllegalArgumentException if the name cannot name a cache
     */
    public <V> CacheBuilder<V> cache(String name, TypeRef<V> type) {
        return new CacheBuilder<>(this, name, type.type(), defaults);
    }

    /**
     * Makes every entry that carries {@code tag} invalid at once, in every cache of the application. One round trip.
     *
     * @throws StoreException if Redis did not confirm it; it is kept and repeated
     */
    public void invalidateTag(String tag) {
        StoreKey token = workshop.kernel().keys().tag(tag);
        declared.values().forEach(RedisCache::forgetFlights);
        workshop.replaceToken(Workshop.ALL_CACHES, token, defaults.deadline());
    }

    /** How many invalidations Redis has not confirmed yet; they are repeated until it does. */
    public int unconfirmedInvalidations() {
        return workshop.lost().size();
    }

    /** Ends the subscription and the repeating; the kernel stays open. Idempotent. */
    @Override
    public void close() {
        workshop.close();
    }

    @SuppressWarnings("unchecked") // equal settings include the type of the values
    <V> Cache<V> declare(CacheSettings settings) {
        RedisCache<?> cache = declared.computeIfAbsent(
                settings.name(), name -> new RedisCache<>(workshop, settings, this::cutTagged));
        if (!cache.settings().equals(settings)) {
            throw new IllegalStateException("cache '" + settings.name()
                    + "' is declared already with other settings: declare it once, in one place; it has "
                    + cache.settings() + ", now asked for " + settings);
        }
        return (Cache<V>) cache;
    }

    private void cutTagged() {
        declared.values().forEach(RedisCache::forgetFlights);
    }
}
