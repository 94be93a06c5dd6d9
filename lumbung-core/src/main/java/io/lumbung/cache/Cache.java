package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Values of one type, kept in Redis under keys the caller chooses, for a limited time.
 *
 * <p><b>Never older than its last invalidation.</b> Once {@link #invalidate} has returned, no reader in any process
 * gets, and no loader stores, what was read from the source before. {@link #put}, {@link #warmUp}, {@link #refresh} and
 * the bulk forms revoke loads in flight in the same way.
 *
 * <p><b>One load.</b> However many threads and processes miss the same key at once, one loader runs, on the thread of
 * one caller; the others wait without polling, at most for the cache's patience, and then load by themselves. A
 * caller interrupted while it waits keeps its flag and loads by itself.
 *
 * <p><b>Redis is never a single point of failure.</b> A read with a loader does not fail because of Redis and spends
 * at most the cache's deadline (250 ms) on it, however many calls it takes; an exception of the loader reaches the
 * caller. Writes report what Redis did not confirm as a {@link StoreException}; such a write is also kept and repeated
 * as an invalidation until Redis confirms it, and until then this process answers the key from the loader.
 *
 * <p>What a miss returns has been through the codec, like a hit; every caller gets its own copy. A time to live is
 * 1 ms to 24 h, and what is stored may live shorter by the cache's jitter, never longer. Bad arguments are {@link
 * IllegalArgumentException}s before anything is sent. Thread-safe; made by {@link Caches}.
 *
 * @param <V> the values, never {@code null} themselves
 */
public interface Cache<V> {

    /** The name, which is the first part of every key after the application's prefix. */
    String name();

    /** How long an entry lives unless the call says otherwise. */
    Duration ttl();

    /**
     * What is stored under {@code key}. One round trip.
     *
     * @throws StoreException if the cache is strict and Redis did not answer; otherwise that is a miss
     */
    Cached<V> get(Key key);

    /** As {@link #get(Key)}, with {@code Key.of(id)}. */
    default Cached<V> get(String id) {
        return get(Key.of(id));
    }

    /**
     * The value under {@code key}, loaded and stored if it is not there; empty if the source has none. A hit is one
     * round trip, a miss three.
     *
     * @throws X what the loader threw; callers who waited for it get the same exception
     * @throws IllegalStateException if called for {@code key} from within the loader of {@code key}
     */
    default <X extends Exception> Optional<V> get(Key key, Loader<? extends V, X> loader) throws X {
        return fetch(key, loader).value();
    }

    /** As {@link #get(Key, Loader)}, with a time to live of its own. */
    default <X extends Exception> Optional<V> get(Key key, Duration ttl, Loader<? extends V, X> loader) throws X {
        return fetch(key, ttl, loader).value();
    }

    /** As {@link #get(Key, Loader)}, with {@code Key.of(id)}. */
    default <X extends Exception> Optional<V> get(String id, Loader<? extends V, X> loader) throws X {
        return get(Key.of(id), loader);
    }

    /** As {@link #get(Key, Duration, Loader)}, with {@code Key.of(id)}. */
    default <X extends Exception> Optional<V> get(String id, Duration ttl, Loader<? extends V, X> loader) throws X {
        return get(Key.of(id), ttl, loader);
    }

    /** As {@link #get(Key, Loader)}, and says where the answer came from. */
    default <X extends Exception> Fetched<V> fetch(Key key, Loader<? extends V, X> loader) throws X {
        return fetch(key, ttl(), loader);
    }

    /** As {@link #fetch(Key, Loader)}, with a time to live of its own. */
    default <X extends Exception> Fetched<V> fetch(Key key, Duration ttl, Loader<? extends V, X> loader) throws X {
        return fetchTagged(key, ttl, load -> loader.load());
    }

    /** As {@link #fetch(Key, Loader)}, with {@code Key.of(id)}. */
    default <X extends Exception> Fetched<V> fetch(String id, Loader<? extends V, X> loader) throws X {
        return fetch(Key.of(id), loader);
    }

    /** As {@link #fetch(Key, Loader)}, for a loader that finds out about tags while it loads. */
    default <X extends Exception> Fetched<V> fetchTagged(Key key, TaggingLoader<? extends V, X> loader) throws X {
        return fetchTagged(key, ttl(), loader);
    }

    /** As {@link #fetchTagged(Key, TaggingLoader)}, with a time to live of its own. */
    <X extends Exception> Fetched<V> fetchTagged(Key key, Duration ttl, TaggingLoader<? extends V, X> loader) throws X;

    /**
     * Those of {@code keys} that are stored, with their values; a stored {@code null} is an empty value. The reads
     * travel together.
     *
     * @throws StoreException if the cache is strict and Redis did not answer; otherwise what is missing is a miss
     */
    Map<Key, Optional<V>> getAll(Collection<Key> keys);

    /**
     * Whether there is a valid entry, a stored {@code null} included. One round trip.
     *
     * @throws StoreException if the cache is strict and Redis did not answer; otherwise that is "no"
     */
    boolean exists(Key key);

    /** As {@link #exists(Key)}, with {@code Key.of(id)}. */
    default boolean exists(String id) {
        return exists(Key.of(id));
    }

    /** As {@link #put(Key, Object, Duration)}, for the cache's own time to live. */
    default void put(Key key, @Nullable V value) {
        put(key, value, ttl());
    }

    /**
     * Stores {@code value}. The last writer wins: two writers that commit in one order and put in the other leave the
     * older value; {@link #refresh}, {@link #warmUp} and {@link #invalidate} do not have that weakness. In a tagged
     * cache an invalidation of a tag counts against the value only if it comes after this call began.
     *
     * @param value {@code null} only if the cache stores nulls, and then for its time for nulls
     * @throws IllegalArgumentException if the value is larger than the cache allows
     * @throws io.lumbung.error.CodecException if it cannot be written
     * @throws StoreException if Redis did not confirm it; the old entry is then invalidated as soon as possible
     */
    void put(Key key, @Nullable V value, Duration ttl);

    /** As {@link #put(Key, Object)}, with {@code Key.of(id)}. */
    default void put(String id, @Nullable V value) {
        put(Key.of(id), value);
    }

    /** As {@link #put(Key, Object, Duration)}, with {@code Key.of(id)}. */
    default void put(String id, @Nullable V value, Duration ttl) {
        put(Key.of(id), value, ttl);
    }

    /**
     * Stores all of {@code values}, as {@link #put(Key, Object)} does with each; they travel together.
     *
     * @throws StoreException if Redis did not confirm one of them; the others may be stored
     */
    default void putAll(Map<Key, ? extends V> values) {
        putAll(values, ttl());
    }

    /** As {@link #putAll(Map)}, with a time to live of its own. */
    void putAll(Map<Key, ? extends V> values, Duration ttl);

    /** As {@link #warmUp(Key, Duration, Loader)}, for the cache's own time to live. */
    default <X extends Exception> Optional<V> warmUp(Key key, Loader<? extends V, X> loader) throws X {
        return warmUp(key, ttl(), loader);
    }

    /** As {@link #warmUp(Key, Duration, Loader)}, with {@code Key.of(id)}. */
    default <X extends Exception> Optional<V> warmUp(String id, Loader<? extends V, X> loader) throws X {
        return warmUp(Key.of(id), loader);
    }

    /**
     * Runs {@code loader} in any case and replaces the entry by what it returns; without a value that can be stored,
     * the entry goes. Until then the old entry answers. Loads in flight are revoked.
     *
     * @return what was loaded
     * @throws X what the loader threw; the old entry then stays
     * @throws StoreException if Redis did not confirm the new entry; the old one is then invalidated as soon as possible
     */
    <X extends Exception> Optional<V> warmUp(Key key, Duration ttl, Loader<? extends V, X> loader) throws X;

    /** As {@link #refresh(Key, Loader)}, with {@code Key.of(id)}. */
    default <X extends Exception> Optional<V> refresh(String id, Loader<? extends V, X> loader) throws X {
        return refresh(Key.of(id), loader);
    }

    /**
     * A read that does not trust the entry: as {@link #warmUp}, but like every read with a loader it does not fail
     * because of Redis.
     *
     * @return what was loaded
     * @throws X what the loader threw; the old entry then stays
     */
    <X extends Exception> Optional<V> refresh(Key key, Loader<? extends V, X> loader) throws X;

    /**
     * Drops the entry and revokes its load in flight. Call it after the change is committed. One round trip.
     *
     * @return whether there was an entry; one that a tag had made invalid may still count
     * @throws StoreException if Redis did not confirm it; it is kept and repeated, see the class
     */
    boolean invalidate(Key key);

    /** As {@link #invalidate(Key)}, with {@code Key.of(id)}. */
    default boolean invalidate(String id) {
        return invalidate(Key.of(id));
    }

    /**
     * Drops all of these, as {@link #invalidate(Key)} does with each; they travel together.
     *
     * @return how many there were
     * @throws StoreException if Redis did not confirm one of them; the others may be gone, the rest is kept and repeated
     */
    long invalidateAll(Collection<Key> keys);

    /**
     * Drops every entry whose key matches {@code glob}, and revokes the leases it meets of such keys. Only {@code *}
     * (any characters) and {@code ?} (one) are wildcards; each {@code {}} stands for the next of {@code values}, in
     * which nothing is a wildcard. Matched is the key behind the cache's name: {@code deletePattern("list:*")}.
     *
     * <p>Walks all keys of every master by SCAN: for maintenance and small stores. An entry that is stored during the
     * walk, by a load that began before it, may be missed. A tagged cache has no such gap, see {@link #invalidateTag}.
     *
     * @return how many entries there were
     * @throws StoreException if Redis did not confirm it; the pattern is kept and the walk repeated
     */
    long deletePattern(String glob, String... values);

    /** As {@link #deletePattern}, for every key that begins with the literal {@code prefix}. */
    long deletePrefix(String prefix);

    /**
     * Makes every entry that carries {@code tag} invalid at once, in every cache of the application, however many
     * there are. One round trip.
     *
     * @throws IllegalStateException if this cache is not tagged
     * @throws StoreException if Redis did not confirm it; it is kept and repeated
     */
    void invalidateTag(String tag);

    /**
     * Drops every entry. A tagged cache does it in one round trip, however many there are; any other walks all keys of
     * every master, see {@link #deletePattern}. A cache named {@code a:b} lies within a cache named {@code a}: an
     * untagged {@code a} clears it too.
     *
     * @return how many there were, if they had to be counted
     * @throws StoreException if Redis did not confirm it; it is kept and repeated
     */
    OptionalLong clear();
}
