package io.lumbung.cache;

import io.lumbung.codec.JsonText;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Declares one cache. Belongs to one thread; {@link #build()} ends it.
 *
 * @param <V> the values
 */
public final class CacheBuilder<V> {
    private static final Function<Key, List<String>> NO_TAGS = key -> List.of();

    private final Caches caches;
    private final String name;
    private final Type type;
    private Duration ttl;
    private double jitter;
    private Duration deadline;
    private Duration waitAtMost;
    private int maxValueBytes;
    private final Duration longestDeadline;
    private Optional<Duration> nulls = Optional.empty();
    private boolean tagged;
    private Function<Key, ? extends Collection<String>> tags = NO_TAGS;
    private boolean strict;
    private boolean plainJson;

    CacheBuilder(Caches caches, String name, Type type, CacheDefaults defaults) {
        this.caches = caches;
        this.name = KeySpace.cacheName(name);
        this.type = type;
        this.ttl = defaults.ttl();
        this.jitter = defaults.jitter();
        this.deadline = defaults.deadline();
        this.waitAtMost = defaults.waitAtMost();
        this.maxValueBytes = defaults.maxValueBytes();
        this.longestDeadline = defaults.longestDeadline();
    }

    /** How long an entry lives, 1 ms to 24 h; 5 minutes by default. */
    public CacheBuilder<V> ttl(Duration time) {
        this.ttl = time;
        return this;
    }

    /**
     * By which part of its time an entry may live shorter, so that entries stored together do not end together; a tenth
     * by default, 0 for exact times.
     */
    public CacheBuilder<V> jitter(double part) {
        this.jitter = part;
        return this;
    }

    /** Stores that the source has no value, for {@code time}; by default that is not stored. */
    public CacheBuilder<V> nulls(Duration time) {
        this.nulls = Optional.of(Ttl.checked("the time to live of nulls", time));
        return this;
    }

    /** Entries may carry tags, and {@link Cache#clear()} takes one round trip; each read asks for a token more. */
    public CacheBuilder<V> tagged() {
        this.tagged = true;
        return this;
    }

    /** As {@link #tagged()}; the entry of a key carries at least these tags, at most 8 in all. */
    public CacheBuilder<V> tags(Function<Key, ? extends Collection<String>> ofKey) {
        this.tagged = true;
        this.tags = Objects.requireNonNull(ofKey, "tags");
        return this;
    }

    /** As {@link #tags(Function)}, the same for every entry. */
    public CacheBuilder<V> tags(String... ofAll) {
        return tags(new SameTags(List.of(ofAll)));
    }

    /** Equal to another one of the same tags, so that a cache may be declared twice. */
    private record SameTags(List<String> all) implements Function<Key, List<String>> {
        @Override
        public List<String> apply(Key key) {
            return all;
        }
    }

    /** The largest value, encoded, at most 1 MiB, which is the default. */
    public CacheBuilder<V> maxValueBytes(int bytes) {
        this.maxValueBytes = bytes;
        return this;
    }

    /** Without Redis, reads without a loader are misses; the default. */
    public CacheBuilder<V> failOpen() {
        this.strict = false;
        return this;
    }

    /** Without Redis, reads without a loader throw. */
    public CacheBuilder<V> strict() {
        this.strict = true;
        return this;
    }

    /**
     * Stores nothing but the JSON, for services in any language. They read with GET; they write with SET, which a load
     * in flight may overwrite with what it read before, and drop with DEL, which such a load survives. Keys are not
     * encoded: a part that would have to be is refused. Not with tags, whose tokens have no place in it.
     */
    public CacheBuilder<V> plainJson() {
        this.plainJson = true;
        return this;
    }

    /** How long a reader waits for another one's load before it loads by itself; 5 s by default. */
    public CacheBuilder<V> waitAtMost(Duration time) {
        this.waitAtMost = time;
        return this;
    }

    /** The time one operation may spend on Redis, at most the read timeout; 250 ms by default. */
    public CacheBuilder<V> deadline(Duration time) {
        this.deadline = time;
        return this;
    }

    /**
     * The cache. Declared twice with equal settings it is the same cache.
     *
     * @throws IllegalArgumentException if a setting is out of its range, or settings exclude each other
     * @throws IllegalStateException if the name is declared already with other settings
     */
    public Cache<V> build() {
        if (plainJson && tagged) {
            throw new IllegalArgumentException("cache '" + name
                    + "': plainJson and tags exclude each other, plain JSON has no place for the tokens of tags");
        }
        if (plainJson && type == JsonText.class) {
            throw new IllegalArgumentException("cache '" + name
                    + "': JsonText is not parsed when it is read, so in plainJson anything another service stores would"
                    + " pass for a value; declare the value's own type, or leave plainJson out");
        }
        CacheDefaults numbers = new CacheDefaults(ttl, jitter, deadline, waitAtMost, maxValueBytes, longestDeadline);
        return caches.declare(new CacheSettings(name, type, numbers, nulls, tagged, tags, strict, plainJson));
    }
}
