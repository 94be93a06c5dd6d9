package io.lumbung.cache;

import io.lumbung.cache.Commands.Election;
import io.lumbung.cache.Commands.Miss;
import io.lumbung.cache.Flights.Flight;
import io.lumbung.cache.Flights.Landing;
import io.lumbung.error.CodecException;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.key.KeyPattern;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cache on Redis.
 *
 * <p>A read looks (one GET; a tagged cache asks for tokens beside it). What it cannot use is a miss: one thread of this
 * process leads a {@link Flight}, the others join it. The leader asks Redis who loads (MISS): it is elected and gets a
 * lease, or it waits in the {@link WaitRoom} for the one who was. The elected one loads, and stores only while its lease
 * lives (FILL). Every write deletes the lease, so what was read before the write can no longer be stored.
 *
 * <p>A joiner believes the leader's value only if Redis said at FILL that the lease was still held, and in a tagged
 * cache that the tokens are still the same: then nothing was invalidated between the joiner's arrival and that moment.
 * Otherwise it starts again, and after some rounds loads by itself.
 */
final class RedisCache<V> implements Cache<V> {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.cache");
    private static final int ROUNDS = 3;
    private static final int AT_ONCE = 256;
    private static final int RENEWALS = 60;

    private final Workshop workshop;
    private final Redis redis;
    private final Commands commands;
    private final KeySpace keys;
    private final CacheSettings settings;
    private final CacheDefaults numbers;
    private final Layout layout;
    private final String prefix;
    private final @Nullable Tagging tagging;
    private final EntryReader<V> reader;
    private final Flights flights;
    private final LostInvalidations.Owner owner;
    private final Runnable beforeTagChanges;

    RedisCache(Workshop workshop, CacheSettings settings, Runnable beforeTagChanges) {
        this.workshop = workshop;
        this.redis = workshop.kernel().cache();
        this.commands = workshop.commands();
        this.keys = workshop.kernel().keys();
        this.settings = settings;
        this.numbers = settings.numbers();
        this.layout = settings.plainJson() ? new Layout.PlainJson() : new Envelope(settings.name());
        this.prefix = keys.cachePrefix(settings.name());
        this.tagging = settings.tagged() ? new Tagging(keys, settings.name(), settings.tags()) : null;
        this.reader = new EntryReader<>(workshop, settings, layout, tagging);
        this.flights = new Flights(workshop.parking());
        this.owner = new LostInvalidations.Owner(
                settings.name(), prefix, Optional.ofNullable(tagging).map(Tagging::namespace));
        this.beforeTagChanges = beforeTagChanges;
    }

    CacheSettings settings() {
        return settings;
    }

    void forgetFlights() {
        flights.cutAll();
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public Duration ttl() {
        return numbers.ttl();
    }

    @Override
    public String toString() {
        return "cache '" + settings.name() + "'";
    }

    // Reading

    @Override
    public Cached<V> get(Key key) {
        Slot slot = slot(key);
        Look<V> look = noted("get", slot, reader.look(slot, new Budget(numbers.deadline())));
        refuseIfStrict(slot, look);
        return look.isHit() ? new Cached.Hit<>(look.found()) : new Cached.Miss<>();
    }

    @Override
    public boolean exists(Key key) {
        Slot slot = slot(key);
        Look<V> look = reader.looks(List.of(slot), new Budget(numbers.deadline()), false)
                .get(0);
        log.debug("exists {}: {}", slot, look.state());
        refuseIfStrict(slot, look);
        return look.isHit();
    }

    @Override
    public Map<Key, Optional<V>> getAll(Collection<Key> wanted) {
        List<Slot> slots = slots(wanted);
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
        Slot slot = slot(key);
        Budget budget = new Budget(numbers.deadline());
        Look<V> look = noted("fetch", slot, reader.look(slot, budget));
        if (look.isHit()) {
            return new Fetched<>(look.found(), Source.HIT);
        }
        Deadline patience = Deadline.in(numbers.waitAtMost());
        try {
            for (int round = 0; round < ROUNDS && !patience.isOver(); round++) {
                Flight flight = flights.join(slot.text());
                if (flight.isLedByThisThread()) {
                    return lead(flight, slot, look, budget, patience, ttl, loader);
                }
                Landing landing = flight.await(patience.remainingNanos());
                if (landing instanceof Landing.Failed failed) {
                    throw RedisCache.<X>same(failed.failure());
                }
                // Without Redis nobody can confirm anything; then what this process knows must do.
                if (landing instanceof Landing.Value shared && (shared.confirmed() || look.isBlind())) {
                    observe(CacheEvent.SHARED);
                    return new Fetched<>(shared.payload().map(bytes -> reader.decoded(bytes, 0)), Source.SHARED);
                }
                look = reader.look(slot, budget);
                if (look.isHit()) {
                    observe(CacheEvent.SHARED);
                    return new Fetched<>(look.found(), Source.SHARED);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return alone(slot, loader);
    }

    // Loading

    /** Leads the flight to its end: a value that others stored, a load under a lease, or a load without Redis. */
    private <X extends Exception> Fetched<V> lead(
            Flight flight,
            Slot slot,
            Look<V> first,
            Budget budget,
            Deadline patience,
            Duration ttl,
            TaggingLoader<? extends V, X> loader)
            throws X, InterruptedException {
        try {
            Look<V> look = first;
            while (!look.isBlind()) {
                Optional<Lease> lease = elect(slot, look, budget, patience);
                if (lease.isPresent()) {
                    return load(flight, lease.get(), budget, ttl, loader, false).fetched();
                }
                if (patience.isOver()) {
                    return alone(slot, loader);
                }
                look = reader.look(slot, budget);
                if (look.isHit()) {
                    observe(CacheEvent.SHARED);
                    return new Fetched<>(look.found(), Source.SHARED);
                }
            }
            return blindly(flight, slot, loader);
        } finally {
            flight.land(new Landing.Again());
        }
    }

    /** The right to store one load: its token, and what the tags' tokens were before it began. */
    private record Lease(Slot slot, String token, Map<String, String> tokens, Map<String, String> read) {}

    /** The lease, or empty after waiting for somebody else's load; also empty, at once, when Redis fails. */
    private Optional<Lease> elect(Slot slot, Look<V> look, Budget budget, Deadline patience)
            throws InterruptedException {
        workshop.waitRoom().open(budget.left());
        Miss answer;
        try (WaitRoom.Seat seat = workshop.waitRoom().take(slot.text())) {
            try {
                Map<String, String> tokens = captured(List.of(slot), look.tokens(), budget);
                String token = workshop.tokens().next();
                answer = budget.call(redis, commands.miss(slot, token, look.seen()));
                if (answer.election() == Election.ELECTED) {
                    return Optional.of(new Lease(slot, token, tokens, look.tokens()));
                }
            } catch (StoreException e) {
                workshop.outage().failed(e);
                return Optional.empty();
            }
            if (answer.election() == Election.WAIT) {
                log.debug("{}: another process loads", slot);
                seat.await(answer.waitMillis(), patience);
            }
            return Optional.empty();
        }
    }

    /** The tokens that entries loaded from now on carry: those already read, and those of tags not used before. */
    private Map<String, String> captured(List<Slot> slots, Map<String, String> read, Budget budget) {
        if (tagging == null) {
            return Map.of();
        }
        Map<String, String> tokens = new LinkedHashMap<>();
        Map<String, Pending<String>> obtained = new LinkedHashMap<>();
        Deadline end = budget.begin();
        Set<String> needed = new LinkedHashSet<>(Set.of(Tagging.NAMESPACE));
        slots.forEach(slot -> needed.addAll(tagging.declared(slot)));
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

    private Pending<String> obtain(Tagging known, String tag, Deadline end) {
        return redis.send(
                commands.obtainToken(known.tokenKey(tag), workshop.tokens().next()), end);
    }

    /** A loaded value, and whether Redis has the entry as it should be now. */
    private record Loaded<V>(Fetched<V> fetched, @Nullable StoreException notConfirmed) {}

    /** Runs the loader under a lease and stores what it returns, if that can be stored and the lease still lives. */
    private <X extends Exception> Loaded<V> load(
            Flight flight,
            Lease lease,
            Budget budget,
            Duration ttl,
            TaggingLoader<? extends V, X> loader,
            boolean replace)
            throws X {
        Slot slot = lease.slot();
        Tags tags = new Tags(slot, lease.tokens(), lease.read(), budget);
        Future<?> watchdog = keepAlive(lease);
        V value;
        try {
            value = run(slot, loader, tags);
        } catch (Throwable failure) {
            flight.seal();
            giveBack(lease, budget);
            flight.land(new Landing.Failed(failure));
            throw failure;
        } finally {
            watchdog.cancel(false);
        }
        flight.seal();
        return store(flight, lease, budget, ttl, value, tags, replace);
    }

    private Loaded<V> store(
            Flight flight, Lease lease, Budget budget, Duration ttl, @Nullable V value, Tags tags, boolean replace) {
        Slot slot = lease.slot();
        byte[] payload = null;
        V copy = null;
        boolean storable = tags.complete && !budget.isBroken();
        if (value == null) {
            storable &= settings.nulls().isPresent();
        } else {
            try {
                payload = encoded(value);
                copy = reader.decoded(payload, 0);
            } catch (CodecException e) {
                log.warn("{}: loaded, but not stored: {}", slot, e.getMessage());
                giveBack(lease, budget, replace);
                return new Loaded<>(new Fetched<>(Optional.of(value), Source.LOADED), null);
            }
            if (payload.length > numbers.maxValueBytes()) {
                observe(CacheEvent.TOO_LARGE);
                log.warn("{}: loaded, but not stored: {}", slot, tooLarge(payload));
                storable = false;
            }
        }
        Landing.Value landing = new Landing.Value(Optional.ofNullable(payload), true);
        Fetched<V> fetched = new Fetched<>(Optional.ofNullable(copy), Source.LOADED);
        if (budget.isBroken()) {
            return new Loaded<>(fetched, tags.failure);
        }
        Deadline end = budget.begin();
        try {
            boolean held = storable
                    ? fill(lease, payload, tags, life(ttl, value == null), replace, end)
                    : unstored(lease, replace, end);
            boolean confirmed = held && tags.areCurrent(end);
            budget.spent(end);
            if (confirmed && tags.complete) {
                flight.land(landing);
            }
            return new Loaded<>(fetched, null);
        } catch (StoreException e) {
            budget.failed(end);
            workshop.outage().failed(e);
            return new Loaded<>(fetched, e);
        }
    }

    private boolean fill(
            Lease lease, byte @Nullable [] payload, Tags tags, long ttlMillis, boolean replace, Deadline end) {
        byte[] bytes = layout.write(lease.slot().value(), payload, tags.namespace(), tags.ofEntry());
        Pending<Boolean> filled = redis.send(commands.fill(lease.slot(), lease.token(), bytes, ttlMillis), end);
        tags.renew(end);
        boolean held = filled.await();
        observe(held ? CacheEvent.FILL : CacheEvent.FILL_REVOKED);
        log.debug("{}: {}", lease.slot(), held ? "stored" : "not stored, changed while it was loaded");
        if (!held && replace) {
            // The lease may simply have run out, and then the entry that was to be replaced is still there.
            redis.call(commands.invalidate(lease.slot().value()), end);
        }
        return held;
    }

    /** Ends a lease whose load brought nothing to store; a replaced entry goes with it. Whether it was still held. */
    private boolean unstored(Lease lease, boolean replace, Deadline end) {
        Slot slot = lease.slot();
        if (replace) {
            redis.call(commands.invalidate(slot.value()), end);
            return false;
        }
        return redis.call(commands.release(slot, lease.token()), end);
    }

    private void giveBack(Lease lease, Budget budget) {
        giveBack(lease, budget, false);
    }

    private void giveBack(Lease lease, Budget budget, boolean replace) {
        if (budget.isBroken()) {
            return;
        }
        Deadline end = budget.begin();
        try {
            unstored(lease, replace, end);
            budget.spent(end);
        } catch (StoreException e) {
            // The lease ends by itself.
            budget.failed(end);
            workshop.outage().failed(e);
        }
    }

    /** A load that Redis knows nothing of, shared within this process. */
    private <X extends Exception> Fetched<V> blindly(Flight flight, Slot slot, TaggingLoader<? extends V, X> loader)
            throws X {
        V value;
        try {
            value = run(slot, loader, new Unstored(slot));
        } catch (Throwable failure) {
            flight.land(new Landing.Failed(failure));
            throw failure;
        }
        if (flight.seal()) {
            try {
                Optional<byte[]> payload = Optional.ofNullable(value == null ? null : encoded(value));
                flight.land(new Landing.Value(payload, false));
            } catch (CodecException e) {
                log.warn("{}: loaded, but cannot be shared: {}", slot, e.getMessage());
            }
        }
        return new Fetched<>(Optional.ofNullable(value), Source.BYPASS);
    }

    private <X extends Exception> Fetched<V> alone(Slot slot, TaggingLoader<? extends V, X> loader) throws X {
        observe(CacheEvent.BYPASS);
        log.debug("{}: loading past the cache", slot);
        return new Fetched<>(Optional.ofNullable(run(slot, loader, new Unstored(slot))), Source.BYPASS);
    }

    private <X extends Exception> @Nullable V run(Slot slot, TaggingLoader<? extends V, X> loader, Load load) throws X {
        observe(CacheEvent.LOAD);
        boolean good = false;
        try {
            V value = loader.load(load);
            good = true;
            return value;
        } finally {
            if (!good) {
                observe(CacheEvent.LOAD_FAILED);
                log.debug("{}: the loader failed", slot);
            }
        }
    }

    /** Renews the lease while its loader works, for about a minute: one that hangs must not stand in the way for ever. */
    private Future<?> keepAlive(Lease lease) {
        long pause = Commands.LEASE.toMillis() / 3;
        AtomicInteger left = new AtomicInteger(RENEWALS);
        Runnable handOver = () -> {
            if (left.getAndDecrement() > 0) {
                workshop.kernel().worker().execute(() -> renew(lease));
            }
        };
        try {
            return workshop.kernel().timer().scheduleAtFixedRate(handOver, pause, pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private void renew(Lease lease) {
        try {
            redis.call(commands.keep(lease.slot(), lease.token()), Deadline.in(numbers.deadline()));
        } catch (StoreException e) {
            log.debug("{}: the lease could not be renewed: {}", lease.slot(), e.getMessage());
        }
    }

    /** The tags of an entry while it is loaded and stored. */
    private final class Tags implements Load {
        private final Slot slot;
        private final Map<String, String> tokens;
        private final Map<String, String> read;
        private final Budget budget;
        private final Map<String, Pending<String>> renewed = new HashMap<>();
        private boolean complete = true;
        private @Nullable StoreException failure;

        Tags(Slot slot, Map<String, String> tokens, Map<String, String> read, Budget budget) {
            this.slot = slot;
            this.tokens = tokens;
            this.read = read;
            this.budget = budget;
        }

        @Override
        public void tag(String tag) {
            Tagging known = requireTagging();
            if (tokens.containsKey(known.checked(slot, tag, tokens.containsKey(tag) ? 0 : tokens.size() - 1))) {
                return;
            }
            String before = read.get(tag);
            if (before != null) {
                tokens.put(tag, before);
            } else if (budget.isBroken()) {
                complete = false;
            } else {
                obtain(known, tag);
            }
        }

        private void obtain(Tagging known, String tag) {
            Deadline end = budget.begin();
            try {
                tokens.put(tag, RedisCache.this.obtain(known, tag, end).await());
                budget.spent(end);
            } catch (StoreException e) {
                budget.failed(end);
                workshop.outage().failed(e);
                complete = false;
                failure = e;
            }
        }

        @Nullable
        String namespace() {
            return tokens.get(Tagging.NAMESPACE);
        }

        Map<String, String> ofEntry() {
            Map<String, String> tags = new LinkedHashMap<>(tokens);
            tags.remove(Tagging.NAMESPACE);
            return tags;
        }

        /** Makes the tokens outlive the entry, and asks whether they still hold. */
        void renew(Deadline end) {
            if (tagging != null) {
                tokens.keySet().forEach(tag -> renewed.put(tag, RedisCache.this.obtain(tagging, tag, end)));
            }
        }

        /** Whether nothing that the entry carries was invalidated while it was loaded. */
        boolean areCurrent(Deadline end) {
            if (renewed.isEmpty()) {
                renew(end);
            }
            boolean current = true;
            for (Map.Entry<String, Pending<String>> token : renewed.entrySet()) {
                current &= token.getValue().await().equals(tokens.get(token.getKey()));
            }
            return current;
        }
    }

    /** A load that will not be stored: its tags are checked, and that is all. */
    private final class Unstored implements Load {
        private final Slot slot;

        Unstored(Slot slot) {
            this.slot = slot;
        }

        @Override
        public void tag(String tag) {
            requireTagging().checked(slot, tag, 0);
        }
    }

    private Tagging requireTagging() {
        if (tagging == null) {
            throw new IllegalStateException(this + " is not tagged: declare it with tagged()");
        }
        return tagging;
    }

    // Writing

    @Override
    public void put(Key key, @Nullable V value, Duration ttl) {
        Ttl.checked("ttl", ttl);
        Slot slot = slot(key);
        byte[] payload = payload(slot, value);
        putAll(List.of(slot), List.of(Optional.ofNullable(payload)), ttl);
    }

    @Override
    public void putAll(Map<Key, ? extends V> values, Duration ttl) {
        Ttl.checked("ttl", ttl);
        List<Slot> slots = new ArrayList<>(values.size());
        List<Optional<byte[]>> payloads = new ArrayList<>(values.size());
        values.forEach((key, value) -> {
            Slot slot = slot(key);
            slots.add(slot);
            payloads.add(Optional.ofNullable(payload(slot, value)));
        });
        for (int from = 0; from < slots.size(); from += AT_ONCE) {
            int to = Math.min(slots.size(), from + AT_ONCE);
            putAll(slots.subList(from, to), payloads.subList(from, to), ttl);
        }
    }

    private void putAll(List<Slot> slots, List<Optional<byte[]>> payloads, Duration ttl) {
        slots.forEach(slot -> flights.cut(slot.text()));
        Budget budget = new Budget(numbers.deadline());
        List<Pending<Long>> answers = new ArrayList<>(slots.size());
        int confirmed = 0;
        try {
            Map<String, String> tokens = captured(slots, Map.of(), budget);
            Deadline end = budget.begin();
            for (int i = 0; i < slots.size(); i++) {
                Slot slot = slots.get(i);
                byte[] payload = payloads.get(i).orElse(null);
                Map<String, String> tags = new LinkedHashMap<>();
                if (tagging != null) {
                    tagging.declared(slot).forEach(tag -> tags.put(tag, Objects.requireNonNull(tokens.get(tag))));
                }
                byte[] bytes = layout.write(slot.value(), payload, tokens.get(Tagging.NAMESPACE), tags);
                answers.add(redis.send(commands.put(slot, bytes, life(ttl, payload == null)), end));
            }
            for (; confirmed < slots.size(); confirmed++) {
                answers.get(confirmed).await();
                observe(CacheEvent.PUT);
                log.debug("put {}", slots.get(confirmed));
            }
        } catch (StoreException e) {
            slots.subList(confirmed, slots.size()).forEach(slot -> keep(slot, e));
            throw e;
        }
    }

    private byte @Nullable [] payload(Slot slot, @Nullable V value) {
        if (value == null) {
            if (settings.nulls().isEmpty()) {
                throw new IllegalArgumentException(
                        "'" + slot + "': " + this + " does not store nulls; declare it with nulls(ttl)");
            }
            return null;
        }
        byte[] payload = encoded(value);
        if (payload.length > numbers.maxValueBytes()) {
            observe(CacheEvent.TOO_LARGE);
            throw new IllegalArgumentException("'" + slot + "': " + tooLarge(payload));
        }
        return payload;
    }

    @Override
    public <X extends Exception> Optional<V> warmUp(Key key, Duration ttl, Loader<? extends V, X> loader) throws X {
        Loaded<V> loaded = replace("warmUp", key, ttl, loader, true);
        if (loaded.notConfirmed() != null) {
            throw loaded.notConfirmed();
        }
        return loaded.fetched().value();
    }

    @Override
    public <X extends Exception> Optional<V> refresh(Key key, Loader<? extends V, X> loader) throws X {
        return replace("refresh", key, ttl(), loader, false).fetched().value();
    }

    private <X extends Exception> Loaded<V> replace(
            String operation, Key key, Duration ttl, Loader<? extends V, X> loader, boolean refuse) throws X {
        Ttl.checked("ttl", ttl);
        Objects.requireNonNull(loader, "loader");
        Slot slot = slot(key);
        log.debug("{} {}", operation, slot);
        Flight flight = flights.lead(slot.text());
        Budget budget = new Budget(numbers.deadline());
        try {
            Lease lease;
            try {
                lease = take(slot, budget);
            } catch (StoreException e) {
                keep(slot, e);
                if (refuse) {
                    throw e;
                }
                workshop.outage().failed(e);
                return new Loaded<>(blindly(flight, slot, load -> loader.load()), e);
            }
            Loaded<V> loaded = load(flight, lease, budget, ttl, load -> loader.load(), true);
            if (loaded.notConfirmed() != null) {
                keep(slot, loaded.notConfirmed());
            }
            return loaded;
        } finally {
            flight.land(new Landing.Again());
        }
    }

    /** The lease, from whoever holds it. */
    private Lease take(Slot slot, Budget budget) {
        Map<String, String> tokens = captured(List.of(slot), Map.of(), budget);
        String token = workshop.tokens().next();
        budget.call(redis, commands.take(slot, token));
        return new Lease(slot, token, tokens, Map.of());
    }

    // Invalidating

    @Override
    public boolean invalidate(Key key) {
        return invalidateAll(List.of(key)) > 0;
    }

    @Override
    public long invalidateAll(Collection<Key> some) {
        List<Slot> slots = slots(some);
        slots.forEach(slot -> flights.cut(slot.text()));
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
                    observe(CacheEvent.INVALIDATED);
                    log.debug("invalidate {}", now.get(i));
                } catch (StoreException e) {
                    keep(now.get(i), e);
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
        StoreKey token = keys.tag(tag);
        requireTagging();
        log.debug("invalidate tag {}", tag);
        beforeTagChanges.run();
        workshop.replaceToken(name(), token, numbers.deadline());
    }

    @Override
    public OptionalLong clear() {
        if (tagging == null) {
            return OptionalLong.of(drop(KeyPattern.all()));
        }
        log.debug("clear {}", name());
        flights.cutAll();
        workshop.replaceToken(name(), tagging.namespace(), numbers.deadline());
        return OptionalLong.empty();
    }

    private long drop(KeyPattern pattern) {
        log.debug("delete {}{}", prefix, pattern);
        flights.cutAll();
        try {
            long existed = Workshop.walk(workshop.kernel(), commands, prefix, pattern, numbers.deadline());
            observe(CacheEvent.INVALIDATED);
            return existed;
        } catch (StoreException e) {
            workshop.lost().keepPattern(owner, pattern, e);
            throw e;
        }
    }

    private void keep(Slot slot, StoreException seen) {
        workshop.lost().keepEntry(owner, slot.value(), seen);
    }

    // Small things

    private Slot slot(Key key) {
        Objects.requireNonNull(key, "key");
        if (settings.plainJson() && key.isEncoded()) {
            throw new IllegalArgumentException("'" + key + "': " + this
                    + " holds plain JSON for other services, which would not find a key that is encoded;"
                    + " leave out % : { } * ? [ ] \\ and control characters, or use Key.hashed");
        }
        return new Slot(key, keys.cacheValue(prefix, key));
    }

    private List<Slot> slots(Collection<Key> some) {
        List<Slot> slots = new ArrayList<>(some.size());
        new LinkedHashSet<>(some).forEach(key -> slots.add(slot(key)));
        return slots;
    }

    private byte[] encoded(V value) {
        return workshop.kernel().codec().encode(value, settings.type());
    }

    private String tooLarge(byte[] payload) {
        return "the value is " + payload.length + " bytes as JSON, " + this + " stores at most "
                + numbers.maxValueBytes() + "; store less of it, or split it over several keys";
    }

    private long life(Duration ttl, boolean isNull) {
        Duration asked = ttl;
        if (isNull) {
            Duration nulls = settings.nulls().orElse(ttl);
            asked = nulls.compareTo(ttl) < 0 ? nulls : ttl;
        }
        return Ttl.jittered(asked, numbers.jitter());
    }

    private Look<V> noted(String operation, Slot slot, Look<V> look) {
        observe(look.isHit() ? CacheEvent.HIT : look.isBlind() ? CacheEvent.BYPASS : CacheEvent.MISS);
        log.debug("{} {}: {}", operation, slot, look.state());
        return look;
    }

    private void refuseIfStrict(Slot slot, Look<V> look) {
        StoreException failure = look.failure();
        if (settings.strict() && failure != null) {
            log.debug("{}: strict, so the failure is the caller's", slot);
            throw failure;
        }
    }

    private void observe(CacheEvent event) {
        workshop.observe(settings.name(), event);
    }

    // The loader's own exception, whatever it declares: the one who waited gets what the one who loaded got.
    @SuppressWarnings("unchecked")
    private static <X extends Exception> X same(Throwable failure) throws X {
        if (failure instanceof Error error) {
            throw error;
        }
        return (X) failure;
    }
}
