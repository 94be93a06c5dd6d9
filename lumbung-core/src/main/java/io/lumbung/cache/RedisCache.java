package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.key.KeyPattern;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cache on Redis. What it promises is in {@link Cache}; how a look becomes a hit is in {@link EntryReader}, how a miss
 * becomes an answer in {@link Loads}. What is left here: arguments, and writes.
 */
final class RedisCache<V> implements Cache<V> {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.cache");
    private static final int AT_ONCE = 256;

    private final Shelf<V> shelf;
    private final Workshop workshop;
    private final Redis redis;
    private final Commands commands;
    private final CacheDefaults numbers;
    private final EntryReader<V> reader;
    private final Loads<V> loads;
    private final Runnable beforeTagChanges;

    RedisCache(Workshop workshop, CacheSettings settings, Runnable beforeTagChanges) {
        this.shelf = new Shelf<>(workshop, settings);
        this.workshop = workshop;
        this.redis = shelf.redis();
        this.commands = workshop.commands();
        this.numbers = settings.numbers();
        this.reader = new EntryReader<>(shelf);
        this.loads = new Loads<>(shelf, reader);
        this.beforeTagChanges = beforeTagChanges;
    }

    CacheSettings settings() {
        return shelf.settings();
    }

    void forgetFlights() {
        loads.cutAll();
    }

    @Override
    public String name() {
        return settings().name();
    }

    @Override
    public Duration ttl() {
        return numbers.ttl();
    }

    @Override
    public String toString() {
        return shelf.toString();
    }

    // Reading

    @Override
    public Cached<V> get(Key key) {
        Slot slot = shelf.slot(key);
        Look<V> look = noted("get", slot, reader.look(slot, new Budget(numbers.deadline())));
        refuseIfStrict(slot, look);
        return look.isHit() ? new Cached.Hit<>(look.found()) : new Cached.Miss<>();
    }

    @Override
    public boolean exists(Key key) {
        Slot slot = shelf.slot(key);
        Look<V> look = reader.looks(List.of(slot), new Budget(numbers.deadline()), false)
                .get(0);
        log.debug("exists {}: {}", slot, look.state());
        refuseIfStrict(slot, look);
        return look.isHit();
    }

    @Override
    public Map<Key, Optional<V>> getAll(Collection<Key> wanted) {
        List<Slot> slots = shelf.slots(wanted);
        Map<Key, Optional<V>> found = new LinkedHashMap<>();
        for (int from = 0; from < slots.size(); from += AT_ONCE) {
            List<Slot> some = slots.subList(from, Math.min(slots.size(), from + AT_ONCE));
            Budget budget = new Budget(numbers.deadline());
            List<Look<V>> looks = reader.looks(some, budget, true);
            for (int i = 0; i < some.size(); i++) {
                Look<V> look = noted("getAll", some.get(i), looks.get(i));
                refuseIfStrict(some.get(i), look);
                if (look.isHit()) {
                    found.put(some.get(i).key(), look.found());
                }
            }
            if (budget.isBroken()) {
                break;
            }
        }
        return found;
    }

    @Override
    public <X extends Exception> Fetched<V> fetchTagged(Key key, Duration ttl, TaggingLoader<? extends V, X> loader)
            throws X {
        Ttl.checked("ttl", ttl);
        Objects.requireNonNull(loader, "loader");
        Slot slot = shelf.slot(key);
        Budget budget = new Budget(numbers.deadline());
        Look<V> look = noted("fetch", slot, reader.look(slot, budget));
        if (look.isHit()) {
            return new Fetched<>(look.found(), Source.HIT);
        }
        return loads.answer(slot, look, budget, ttl, loader);
    }

    // Writing

    @Override
    public void put(Key key, @Nullable V value, Duration ttl) {
        Ttl.checked("ttl", ttl);
        Slot slot = shelf.slot(key);
        byte[] payload = payload(slot, value);
        putAll(List.of(slot), List.of(Optional.ofNullable(payload)), ttl);
    }

    @Override
    public void putAll(Map<Key, ? extends V> values, Duration ttl) {
        Ttl.checked("ttl", ttl);
        List<Slot> slots = new ArrayList<>(values.size());
        List<Optional<byte[]>> payloads = new ArrayList<>(values.size());
        values.forEach((key, value) -> {
            Slot slot = shelf.slot(key);
            slots.add(slot);
            payloads.add(Optional.ofNullable(payload(slot, value)));
        });
        putAll(slots, payloads, ttl);
    }

    private void putAll(List<Slot> slots, List<Optional<byte[]>> payloads, Duration ttl) {
        slots.forEach(loads::cut);
        StoreException failure = null;
        for (int from = 0; from < slots.size(); from += AT_ONCE) {
            int to = Math.min(slots.size(), from + AT_ONCE);
            // After a failure nothing more is sent, but everything is kept.
            Budget budget = new Budget(failure == null ? numbers.deadline() : Duration.ZERO);
            StoreException seen = putSome(slots.subList(from, to), payloads.subList(from, to), ttl, budget);
            failure = failure == null ? seen : failure;
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Puts these in one wait; the first failure, if there is one. */
    private @Nullable StoreException putSome(
            List<Slot> slots, List<Optional<byte[]>> payloads, Duration ttl, Budget budget) {
        Map<String, String> tokens;
        try {
            tokens = shelf.captured(slots, Map.of(), budget);
        } catch (StoreException e) {
            slots.forEach(slot -> shelf.keep(slot, e));
            return e;
        }
        Deadline end = budget.begin();
        List<Pending<Long>> answers = new ArrayList<>(slots.size());
        for (int i = 0; i < slots.size(); i++) {
            Slot slot = slots.get(i);
            byte[] payload = payloads.get(i).orElse(null);
            Map<String, String> tags = shelf.declared(slot, tokens);
            byte[] bytes = shelf.layout().write(slot.value(), payload, tokens.get(Tagging.NAMESPACE), tags);
            answers.add(redis.send(commands.put(slot, bytes, shelf.life(ttl, payload == null)), end));
        }
        StoreException failure = null;
        for (int i = 0; i < slots.size(); i++) {
            try {
                answers.get(i).await();
                shelf.observe(CacheEvent.PUT);
                log.debug("put {}", slots.get(i));
            } catch (StoreException e) {
                shelf.keepPut(slots.get(i), e);
                failure = failure == null ? e : failure;
            }
        }
        return failure;
    }

    private byte @Nullable [] payload(Slot slot, @Nullable V value) {
        if (value == null) {
            if (settings().nulls().isEmpty()) {
                throw new IllegalArgumentException(
                        "'" + slot + "': " + this + " does not store nulls; declare it with nulls(ttl)");
            }
            return null;
        }
        byte[] payload = shelf.encoded(value);
        if (shelf.isTooLarge(payload)) {
            shelf.observe(CacheEvent.TOO_LARGE);
            throw new IllegalArgumentException("'" + slot + "': " + shelf.tooLarge(payload));
        }
        return payload;
    }

    @Override
    public <X extends Exception> Optional<V> warmUp(Key key, Duration ttl, Loader<? extends V, X> loader) throws X {
        Loads.Loaded<V> loaded = replace("warmUp", key, ttl, loader, false);
        if (loaded.notConfirmed().isPresent()) {
            throw loaded.notConfirmed().get();
        }
        return loaded.fetched().value();
    }

    @Override
    public <X extends Exception> Optional<V> refresh(Key key, Loader<? extends V, X> loader) throws X {
        return replace("refresh", key, ttl(), loader, true).fetched().value();
    }

    private <X extends Exception> Loads.Loaded<V> replace(
            String operation, Key key, Duration ttl, Loader<? extends V, X> loader, boolean blindly) throws X {
        Ttl.checked("ttl", ttl);
        Objects.requireNonNull(loader, "loader");
        Slot slot = shelf.slot(key);
        log.debug("{} {}", operation, slot);
        return loads.replace(slot, ttl, loader, blindly);
    }

    // Invalidating

    @Override
    public boolean invalidate(Key key) {
        return invalidateAll(List.of(key)) > 0;
    }

    @Override
    public long invalidateAll(Collection<Key> some) {
        List<Slot> slots = shelf.slots(some);
        slots.forEach(loads::cut);
        long existed = 0;
        StoreException failure = null;
        for (int from = 0; from < slots.size(); from += AT_ONCE) {
            List<Slot> now = slots.subList(from, Math.min(slots.size(), from + AT_ONCE));
            Deadline end = Deadline.in(failure == null ? numbers.deadline() : Duration.ZERO);
            List<Pending<Long>> answers = new ArrayList<>(now.size());
            now.forEach(slot -> answers.add(redis.send(commands.invalidate(slot.value()), end)));
            for (int i = 0; i < now.size(); i++) {
                try {
                    existed += answers.get(i).await();
                    shelf.observe(CacheEvent.INVALIDATED);
                    log.debug("invalidate {}", now.get(i));
                } catch (StoreException e) {
                    shelf.keep(now.get(i), e);
                    failure = failure == null ? e : failure;
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
        return existed;
    }

    @Override
    public long deletePattern(String glob, String... values) {
        return drop(KeyPattern.parse(glob, values));
    }

    @Override
    public long deletePrefix(String start) {
        return drop(KeyPattern.prefix(start));
    }

    @Override
    public void invalidateTag(String tag) {
        StoreKey token = workshop.kernel().keys().tag(tag);
        shelf.requireTagging();
        log.debug("invalidate tag {}", tag);
        beforeTagChanges.run();
        workshop.replaceToken(name(), token, numbers.deadline());
    }

    @Override
    public OptionalLong clear() {
        Tagging tagging = shelf.tagging();
        if (tagging == null) {
            return OptionalLong.of(drop(KeyPattern.all()));
        }
        log.debug("clear {}", name());
        loads.cutAll();
        workshop.replaceToken(name(), tagging.namespace(), numbers.deadline());
        return OptionalLong.empty();
    }

    private long drop(KeyPattern pattern) {
        log.debug("delete {}{}", shelf.prefix(), pattern);
        loads.cutAll();
        try {
            long existed = Workshop.walk(workshop.kernel(), commands, shelf.prefix(), pattern, numbers.deadline());
            shelf.observe(CacheEvent.INVALIDATED);
            return existed;
        } catch (StoreException e) {
            workshop.lost().keepPattern(shelf.owner(), pattern, e);
            throw e;
        }
    }

    private Look<V> noted(String operation, Slot slot, Look<V> look) {
        shelf.observe(look.isHit() ? CacheEvent.HIT : look.isBlind() ? CacheEvent.BYPASS : CacheEvent.MISS);
        if (log.isDebugEnabled()) {
            log.debug("{} {}: {}", operation, slot, look.state());
        }
        return look;
    }

    private void refuseIfStrict(Slot slot, Look<V> look) {
        StoreException failure = look.failure();
        if (settings().strict() && failure != null) {
            log.debug("{}: strict, so the failure is the caller's", slot);
            throw failure;
        }
    }
}
