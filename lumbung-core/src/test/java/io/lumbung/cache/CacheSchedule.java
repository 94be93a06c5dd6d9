package io.lumbung.cache;

import io.lumbung.codec.JsonCodec;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Command;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;

/**
 * One random schedule: processes that read through their caches and writers that change a model of a database, on a
 * real Redis, one call at a time in a drawn order. Loaders crash, leases, entries and tokens get lost, calls fail.
 *
 * <p>Judged is every read (never older than the last change whose invalidation had returned when the read began) and
 * the end (when all is quiet, Redis holds nothing that is older than the database).
 */
final class CacheSchedule {
    private static final int PROCESSES = 2;
    private static final int KEYS = 2;

    /** What the cache is told to do wrong. */
    enum Broken {
        NOTHING,
        /** A load is stored whether its lease lives or not. */
        NO_FENCE,
        /** An entry gets the tokens of the moment it is stored, not of the moment its load began. */
        TAGS_AT_STORE
    }

    private final Redis real;
    private final boolean tagged;
    private final Steps steps;
    private final Random random;
    private final SteppedRedis redis;
    private final List<Process> processes = new ArrayList<>();
    private final KeySpace keys = new KeySpace("app");
    private final Key[] names = new Key[KEYS];
    private final String tag;

    private final int[] database = new int[KEYS];
    private final boolean[] locked = new boolean[KEYS];
    private final int[] confirmed = new int[KEYS];
    private final List<String> staleReads = new ArrayList<>();

    private record Process(Workshop workshop, Cache<Integer> cache, int[] told) {}

    CacheSchedule(Redis real, ScheduledExecutorService deadTimer, long seed, boolean tagged, Broken broken) {
        this.real = real;
        this.tagged = tagged;
        this.random = new Random(seed);
        this.steps = new Steps(random, () -> dropLease(random.nextInt(KEYS)));
        this.redis = new SteppedRedis(real, steps, broken == Broken.NOTHING && random.nextInt(3) == 0 ? 40 : 0);
        String id = Long.toUnsignedString(seed, 36);
        this.tag = "tag-" + id;
        for (int k = 0; k < KEYS; k++) {
            names[k] = Key.of(id, "k" + k);
        }
        for (int p = 0; p < PROCESSES; p++) {
            Kernel kernel = new Kernel(
                    redis, redis, keys, new JsonCodec(), Observer.NONE, deadTimer, Runnable::run, Runnable::run);
            CacheDefaults defaults = CacheBench.patient();
            Workshop workshop = Workshop.of(kernel, commands(broken), steps, defaults.deadline());
            CacheBuilder<Integer> builder = Caches.with(workshop, defaults).cache("model", Integer.class);
            Cache<Integer> cache = (tagged ? builder.tags(tag) : builder)
                    .ttl(Duration.ofMinutes(1))
                    .build();
            processes.add(new Process(workshop, cache, new int[KEYS]));
        }
    }

    /** What went wrong; empty if nothing did. */
    record Verdict(List<String> staleReads, List<String> staleForGood, List<String> trace) {}

    Verdict run(ExecutorService threads) throws Throwable {
        for (int reader = 0; reader < 3; reader++) {
            Process process = processes.get(random.nextInt(PROCESSES));
            int reads = 2 + random.nextInt(2);
            steps.add("reader" + reader, true, () -> {
                for (int i = 0; i < reads; i++) {
                    read(process, random.nextInt(KEYS));
                }
            });
        }
        for (int writer = 0; writer < 2; writer++) {
            Process process = processes.get(random.nextInt(PROCESSES));
            int writes = 1 + random.nextInt(2);
            steps.add("writer" + writer, false, () -> {
                for (int i = 0; i < writes; i++) {
                    write(process, random.nextInt(KEYS));
                }
            });
        }
        steps.add("misfortune", false, this::misfortune);
        steps.run(threads);
        return new Verdict(staleReads, settle(), steps.trace());
    }

    private void read(Process process, int k) {
        int atLeast = Math.max(confirmed[k], process.told[k]);
        Optional<Integer> read = process.cache.get(names[k], () -> load(k));
        if (read.orElseThrow() < atLeast) {
            staleReads.add("key " + k + ": read " + read + " after " + atLeast);
        }
    }

    private int load(int k) {
        steps.gate("reads the database, key " + k);
        int value = database[k];
        steps.gate("has read " + value);
        return value;
    }

    /** Whoever puts what it wrote must write and put in one order: the lock of the row does that. */
    private void write(Process process, int k) {
        steps.until("waits for the row", () -> !locked[k]);
        locked[k] = true;
        try {
            steps.gate("commits key " + k);
            int version = ++database[k];
            try {
                tell(process, k, version);
                confirmed[k] = Math.max(confirmed[k], version);
            } catch (StoreException e) {
                steps.gate("was not confirmed");
            }
            process.told[k] = Math.max(process.told[k], version);
        } finally {
            locked[k] = false;
        }
    }

    private void tell(Process process, int k, int version) {
        switch (random.nextInt(tagged ? 12 : 6)) {
            case 0 -> process.cache.put(names[k], version);
            case 1 -> process.cache.warmUp(names[k], () -> load(k));
            case 2 -> {
                process.cache.refresh(names[k], () -> load(k));
                // It does not say whether Redis confirmed it.
                if (!process.workshop.lost().isEmpty()) {
                    throw new io.lumbung.error.StoreUnavailableException("refresh", "", "kept", null);
                }
            }
            case 6 -> process.cache.clear();
            case 7, 8, 9, 10, 11 -> process.cache.invalidateTag(tag);
            default -> process.cache.invalidate(names[k]);
        }
    }

    private void misfortune() {
        for (int i = random.nextInt(4); i > 0; i--) {
            int k = random.nextInt(KEYS);
            steps.gate("misfortune");
            switch (random.nextInt(tagged ? 7 : 5)) {
                case 0, 3 -> dropLease(k);
                case 1 -> drop(keys.cacheValue(keys.cachePrefix("model"), names[k]));
                case 2 ->
                    processes.get(random.nextInt(PROCESSES)).workshop.lost().replay();
                case 4 -> real.call(Command.plain("test", "SCRIPT FLUSH", Reply::text), CacheBench.soon());
                case 5 -> drop(keys.tag(tag));
                default -> drop(keys.cacheNamespace("model"));
            }
        }
    }

    private void dropLease(int k) {
        drop(keys.cacheLease(keys.cacheValue(keys.cachePrefix("model"), names[k])));
    }

    private void drop(StoreKey key) {
        real.call(Command.on("test", "DEL", key, Reply::number), CacheBench.soon());
    }

    private List<String> settle() {
        redis.heal();
        for (Process process : processes) {
            // Twice: what may have been put is invalidated once more.
            process.workshop.lost().replay();
            process.workshop.lost().replay();
            if (!process.workshop.lost().isEmpty()) {
                throw new AssertionError("invalidations are still kept");
            }
        }
        redis.deliverTheRest();
        List<String> stale = new ArrayList<>();
        for (int k = 0; k < KEYS; k++) {
            for (Process process : processes) {
                Optional<Integer> left = process.cache.get(names[k]).value();
                if (left.isPresent() && left.get() != database[k]) {
                    stale.add("key " + k + ": Redis holds " + left.get() + ", the database " + database[k]);
                }
            }
        }
        return stale;
    }

    private Commands commands(Broken broken) {
        return switch (broken) {
            case NOTHING -> new Commands(keys);
            case NO_FENCE ->
                new Commands(keys) {
                    @Override
                    Command<Boolean> fill(Slot slot, String token, byte[] bytes, long ttlMillis) {
                        return Command.on("cache.fill", "SET", slot.value(), r -> true, bytes, "PX", ttlMillis);
                    }
                };
            case TAGS_AT_STORE ->
                new Commands(keys) {
                    @Override
                    Command<Boolean> fill(Slot slot, String token, byte[] bytes, long ttlMillis) {
                        return super.fill(slot, token, withTokensOfNow(slot, bytes), ttlMillis);
                    }
                };
        };
    }

    private byte[] withTokensOfNow(Slot slot, byte[] bytes) {
        Envelope layout = new Envelope("model");
        Entry entry = java.util.Objects.requireNonNull(layout.read(slot.value(), bytes));
        byte[] payload = java.util.Arrays.copyOfRange(bytes, entry.payload(), bytes.length);
        return layout.write(
                slot.value(),
                payload,
                tokenNow(keys.cacheNamespace("model")),
                java.util.Map.of(tag, tokenNow(keys.tag(tag))));
    }

    private String tokenNow(StoreKey key) {
        return real.call(new Commands(keys).obtainToken(key, new Tokens().next()), CacheBench.soon());
    }
}
