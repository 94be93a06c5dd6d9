package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is fixed about one cache: its declaration, its keys, how its values are written, its tags. */
final class Shelf<V> {
    private final Workshop workshop;
    private final CacheSettings settings;
    private final CacheDefaults numbers;
    private final KeySpace keys;
    private final String prefix;
    private final Layout layout;
    private final @Nullable Tagging tagging;
    private final LostInvalidations.Owner owner;
    // One of each is enough: reads are many.
    private final Map<CacheEvent, Observation> observations = new EnumMap<>(CacheEvent.class);

    Shelf(Workshop workshop, CacheSettings settings) {
        this.workshop = workshop;
        this.settings = settings;
        this.numbers = settings.numbers();
        this.keys = workshop.kernel().keys();
        this.prefix = keys.cachePrefix(settings.name());
        this.layout = settings.plainJson() ? new Layout.PlainJson() : new Envelope(settings.name());
        this.tagging = settings.tagged() ? new Tagging(keys, settings.name(), settings.tags()) : null;
        this.owner = new LostInvalidations.Owner(
                settings.name(), prefix, Optional.ofNullable(tagging).map(Tagging::namespace));
        for (CacheEvent event : CacheEvent.values()) {
            observations.put(event, new Observation.Cache(settings.name(), event));
        }
    }

    Workshop workshop() {
        return workshop;
    }

    Redis redis() {
        return workshop.kernel().cache();
    }

    Commands commands() {
        return workshop.commands();
    }

    CacheSettings settings() {
        return settings;
    }

    CacheDefaults numbers() {
        return numbers;
    }

    String prefix() {
        return prefix;
    }

    Layout layout() {
        return layout;
    }

    @Nullable
    Tagging tagging() {
        return tagging;
    }

    LostInvalidations.Owner owner() {
        return owner;
    }

    Tagging requireTagging() {
        if (tagging == null) {
            throw new IllegalStateException(this + " is not tagged: declare it with tagged()");
        }
        return tagging;
    }

    Slot slot(Key key) {
        Objects.requireNonNull(key, "key");
        if (settings.plainJson() && key.isEncoded()) {
            throw new IllegalArgumentException("'" + key + "': " + this
                    + " holds plain JSON for other services, which would not find a key that is encoded;"
                    + " leave out % : { } * ? [ ] \\ and control characters, or use Key.hashed");
        }
        return new Slot(key, keys.cacheValue(prefix, key));
    }

    /** The places of these keys, each once. */
    List<Slot> slots(Collection<Key> some) {
        List<Slot> slots = new ArrayList<>(some.size());
        new LinkedHashSet<>(some).forEach(key -> slots.add(slot(key)));
        return slots;
    }

    byte[] encoded(V value) {
        return workshop.kernel().codec().encode(value, settings.type());
    }

    @SuppressWarnings("unchecked") // the type is declared together with V
    @Nullable
    V decoded(byte[] bytes, int offset) {
        return (V) workshop.kernel().codec().decode(bytes, offset, settings.type());
    }

    boolean isTooLarge(byte[] payload) {
        return payload.length > numbers.maxValueBytes();
    }

    String tooLarge(byte[] payload) {
        return "the value is " + payload.length + " bytes as JSON, " + this + " stores at most "
                + numbers.maxValueBytes() + "; store less of it, or split it over several keys";
    }

    /** How long the entry is to live, in milliseconds. */
    long life(Duration ttl, boolean isNull) {
        Duration asked = ttl;
        if (isNull) {
            Duration nulls = settings.nulls().orElse(ttl);
            asked = nulls.compareTo(ttl) < 0 ? nulls : ttl;
        }
        return Ttl.jittered(asked, numbers.jitter());
    }

    /**
     * The tokens that an entry loaded from now on carries, by tag, the cache's own among them: those already read, and for
     * the others one more wait.
     */
    Map<String, String> captured(Slot slot, Map<String, String> read, Budget budget) {
        return captured(List.of(slot), read, budget);
    }

    /** As {@link #captured(Slot, Map, Budget)}, for the entries of all of these. */
    Map<String, String> captured(List<Slot> slots, Map<String, String> read, Budget budget) {
        if (tagging == null) {
            return Map.of();
        }
        Set<String> needed = new LinkedHashSet<>(Set.of(Tagging.NAMESPACE));
        slots.forEach(slot -> needed.addAll(tagging.declared(slot)));
        Map<String, String> tokens = new LinkedHashMap<>();
        Map<String, Pending<String>> obtained = new LinkedHashMap<>();
        Deadline end = budget.begin();
        for (String tag : needed) {
            String known = read.get(tag);
            if (known == null) {
                obtained.put(tag, obtain(tagging, tag, end));
            } else {
                tokens.put(tag, known);
            }
        }
        try {
            obtained.forEach((tag, token) -> tokens.put(tag, token.await()));
            budget.spent(end);
        } catch (StoreException e) {
            budget.failed(end);
            throw e;
        }
        return tokens;
    }

    /** Those of {@code tokens} that the declaration puts on the entry. */
    Map<String, String> declared(Slot slot, Map<String, String> tokens) {
        if (tagging == null) {
            return Map.of();
        }
        Map<String, String> tags = new LinkedHashMap<>();
        tagging.declared(slot).forEach(tag -> tags.put(tag, Objects.requireNonNull(tokens.get(tag))));
        return tags;
    }

    /** Asks for a token, makes it last, creates it if there is none. */
    Pending<String> obtain(Tagging known, String tag, Deadline end) {
        return redis().send(
                        commands()
                                .obtainToken(
                                        known.tokenKey(tag), workshop.tokens().next()),
                        end);
    }

    /** Redis did not confirm that the entry is gone or replaced. */
    void keep(Slot slot, StoreException seen) {
        workshop.lost().keepEntry(owner, slot.value(), seen);
    }

    /** Redis did not confirm that the entry was put. */
    void keepPut(Slot slot, StoreException seen) {
        workshop.lost().keepPut(owner, slot.value(), seen);
    }

    void observe(CacheEvent event) {
        Workshop.observe(workshop.kernel(), Objects.requireNonNull(observations.get(event)));
    }

    @Override
    public String toString() {
        return "cache '" + settings.name() + "'";
    }
}
