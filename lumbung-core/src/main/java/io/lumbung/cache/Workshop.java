package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.key.KeyPattern;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Parking;
import io.lumbung.redis.Pending;
import io.lumbung.redis.WaitRoom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** What all caches of a process share, and the few errands that need nothing of a single cache. */
record Workshop(
        Kernel kernel,
        Commands commands,
        Tokens tokens,
        Parking parking,
        WaitRoom waitRoom,
        Outage outage,
        LostInvalidations lost)
        implements AutoCloseable {
    /** The name under which is counted what concerns all caches. */
    static final String ALL_CACHES = "*";

    static Workshop of(Kernel kernel, Commands commands, Parking parking, Duration deadline) {
        Tokens tokens = new Tokens();
        WaitRoom waitRoom = new WaitRoom(kernel.cache(), kernel.keys().wakeChannel(), parking);
        LostInvalidations lost = new LostInvalidations(kernel, commands, tokens, deadline);
        Workshop workshop = new Workshop(kernel, commands, tokens, parking, waitRoom, new Outage(), lost);
        kernel.cache().onRecovery(lost::replay);
        return workshop;
    }

    /** Gives a tag or a whole tagged cache a new token; kept if it is not confirmed. */
    void replaceToken(String cache, StoreKey token, Duration deadline) {
        try {
            kernel.cache().call(commands.replaceToken(token, tokens.next()), Deadline.in(deadline));
        } catch (StoreException e) {
            lost.keepToken(cache, token, e);
            throw e;
        }
        observe(cache, CacheEvent.INVALIDATED);
    }

    void observe(String cache, CacheEvent event) {
        observe(kernel, cache, event);
    }

    static void observe(Kernel kernel, String cache, CacheEvent event) {
        observe(kernel, new Observation.Cache(cache, event));
    }

    @SuppressWarnings("ReferenceEquality")
    static void observe(Kernel kernel, Observation observation) {
        if (kernel.observer() == Observer.NONE) {
            return;
        }
        try {
            kernel.observer().observe(observation);
        } catch (RuntimeException dropped) {
            // An observer that fails must not fail what it observes.
        }
    }

    /** Invalidates everything below {@code prefix} that matches, with leases that have no value yet. */
    static long walk(Kernel kernel, Commands commands, String prefix, KeyPattern pattern, Duration deadline) {
        AtomicLong values = new AtomicLong();
        if (kernel.cache().masters().isEmpty()) {
            throw new StoreUnavailableException(
                    "cache.walk", prefix, "no master is known, so nothing was walked", null);
        }
        kernel.cache().scan(pattern.scanGlob(prefix), deadline, batch -> {
            Set<StoreKey> meant = new LinkedHashSet<>();
            for (String stored : batch) {
                if (stored.startsWith(prefix) || stored.startsWith("{" + prefix)) {
                    ours(kernel, stored)
                            .filter(value -> value.text().startsWith(prefix)
                                    && pattern.matches(value.text().substring(prefix.length())))
                            .ifPresent(meant::add);
                }
            }
            Deadline end = Deadline.in(deadline);
            List<Pending<Long>> answers = new ArrayList<>(meant.size());
            meant.forEach(value -> answers.add(kernel.cache().send(commands.invalidate(value), end)));
            answers.forEach(answer -> values.addAndGet(answer.await()));
        });
        return values.get();
    }

    private static Optional<StoreKey> ours(Kernel kernel, String stored) {
        try {
            return Optional.of(kernel.keys().cacheValueOf(stored));
        } catch (IllegalArgumentException longerThanAnyKeyOfOurs) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        lost.close();
        waitRoom.close();
    }
}
