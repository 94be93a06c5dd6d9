package io.lumbung.cache;

import io.lumbung.cache.Commands.Election;
import io.lumbung.cache.Commands.Miss;
import io.lumbung.cache.Flights.Flight;
import io.lumbung.cache.Flights.Landing;
import io.lumbung.error.CodecException;
import io.lumbung.error.StoreException;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.WaitRoom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything between a miss and an answer.
 *
 * <p>One thread of this process leads a {@link Flight}, the others join it. The leader asks Redis who loads (MISS): it is
 * elected and gets a lease, or it waits in the {@link WaitRoom} for the one who was. The elected one loads, and stores
 * only while its lease lives (FILL). Every write deletes the lease, so what was read before the write can no longer be
 * stored.
 *
 * <p>A joiner believes the leader's value only if Redis said at FILL that the lease was still held, and in a tagged
 * cache that the tokens are still the same: then nothing was invalidated between the joiner's arrival and that moment.
 * Otherwise it starts again, and after some rounds loads by itself. When Redis is not there to say anything, see
 * {@link #isGoodEnough}.
 */
final class Loads<V> {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.cache");
    private static final int ROUNDS = 3;
    private static final int RENEWALS = 60;

    private final Shelf<V> shelf;
    private final EntryReader<V> reader;
    private final Workshop workshop;
    private final Redis redis;
    private final Commands commands;
    private final Flights flights;

    Loads(Shelf<V> shelf, EntryReader<V> reader) {
        this.shelf = shelf;
        this.reader = reader;
        this.workshop = shelf.workshop();
        this.redis = shelf.redis();
        this.commands = shelf.commands();
        this.flights = new Flights(workshop.parking());
    }

    /** Who asks from now on does not get what is being loaded now. */
    void cut(Slot slot) {
        flights.cut(slot.text());
    }

    void cutAll() {
        flights.cutAll();
    }

    /** The answer to a reader whose look was no hit. */
    <X extends Exception> Fetched<V> answer(
            Slot slot, Look<V> first, Budget budget, Duration ttl, TaggingLoader<? extends V, X> loader) throws X {
        Look<V> look = first;
        long arrival = flights.now();
        Deadline patience = Deadline.in(shelf.numbers().waitAtMost());
        for (int round = 0; round < ROUNDS && mayWait(patience); round++) {
            Flight flight = flights.join(slot.text());
            if (flight.isLedByThisThread()) {
                return lead(flight, slot, look, budget, patience, ttl, loader);
            }
            Landing landing = flight.await(patience);
            if (landing instanceof Landing.Failed failed) {
                throw Loads.<X>same(failed.failure());
            }
            if (landing instanceof Landing.Value shared
                    && (shared.confirmed() || look.isBlind() && isGoodEnough(flight, arrival))) {
                try {
                    Optional<V> copy = shared.payload().flatMap(bytes -> Optional.ofNullable(shelf.decoded(bytes, 0)));
                    shelf.observe(CacheEvent.SHARED);
                    return new Fetched<>(copy, Source.SHARED);
                } catch (CodecException e) {
                    log.warn("{}: loaded, but cannot be shared: {}", slot, e.getMessage());
                    break;
                }
            }
            look = reader.look(slot, budget);
            if (look.isHit()) {
                return loadedElsewhere(look);
            }
        }
        return alone(slot, loader);
    }

    /**
     * Whether an unconfirmed value is no older than the reader may expect: it was read from the source after the reader
     * came; or Redis is known to be away, and then what this process knows must do.
     */
    private boolean isGoodEnough(Flight flight, long arrival) {
        return flight.beganAfter(arrival) || !redis.available();
    }

    /** Leads the flight to its end: a value that others stored, a load under a lease, or a load without Redis. */
    private <X extends Exception> Fetched<V> lead(
            Flight flight,
            Slot slot,
            Look<V> first,
            Budget budget,
            Deadline patience,
            Duration ttl,
            TaggingLoader<? extends V, X> loader)
            throws X {
        try {
            Look<V> look = first;
            while (!look.isBlind()) {
                Optional<Lease> lease = elect(slot, look, budget, patience);
                if (lease.isPresent()) {
                    return load(flight, lease.get(), budget, ttl, loader, Ending.RELEASE)
                            .fetched();
                }
                if (!mayWait(patience)) {
                    return alone(slot, loader);
                }
                look = reader.look(slot, budget);
                if (look.isHit()) {
                    return loadedElsewhere(look);
                }
            }
            return blindly(flight, slot, loader);
        } finally {
            flight.land(new Landing.Again());
        }
    }

    private static boolean mayWait(Deadline patience) {
        return !patience.isOver() && !Thread.currentThread().isInterrupted();
    }

    private Fetched<V> loadedElsewhere(Look<V> look) {
        shelf.observe(CacheEvent.SHARED);
        return new Fetched<>(look.found(), Source.SHARED);
    }

    /** The lease, or empty after waiting for somebody else's load; also empty, at once, when Redis fails. */
    private Optional<Lease> elect(Slot slot, Look<V> look, Budget budget, Deadline patience) {
        workshop.waitRoom().open(budget.left());
        try (WaitRoom.Seat seat = workshop.waitRoom().take(slot.text())) {
            Map<String, String> tokens = shelf.captured(slot, look.tokens(), budget);
            String token = workshop.tokens().next();
            Miss answer = budget.call(redis, commands.miss(slot, token, look.seen()));
            if (answer.election() == Election.ELECTED) {
                return Optional.of(new Lease(slot, token, tokens, look.tokens()));
            }
            if (answer.election() == Election.WAIT) {
                log.debug("{}: another process loads", slot);
                seat.await(answer.waitMillis(), patience);
            }
        } catch (StoreException e) {
            workshop.outage().failed(e);
        }
        return Optional.empty();
    }

    /** What becomes of the entry when a load brought nothing to store. */
    private enum Ending {
        /** Nothing: it is absent, or unusable. */
        RELEASE,
        /** It goes: it was to be replaced. */
        INVALIDATE
    }

    /**
     * A loaded value.
     *
     * @param notConfirmed why Redis may not have the entry as it should be
     */
    record Loaded<V>(Fetched<V> fetched, Optional<StoreException> notConfirmed) {}

    /** Runs the loader under a lease and stores what it returns, if that can be stored and the lease still lives. */
    private <X extends Exception> Loaded<V> load(
            Flight flight,
            Lease lease,
            Budget budget,
            Duration ttl,
            TaggingLoader<? extends V, X> loader,
            Ending ending)
            throws X {
        LoadTags tags = new LoadTags(shelf, lease, budget);
        Future<?> watchdog = keepAlive(lease);
        V value;
        try {
            value = run(lease.slot(), loader, tags);
        } catch (Throwable failure) {
            flight.seal();
            giveBack(lease, budget, Ending.RELEASE);
            fail(flight, failure);
            throw failure;
        } finally {
            watchdog.cancel(false);
        }
        flight.seal();
        return stored(flight, lease, budget, ttl, value, tags, ending);
    }

    private Loaded<V> stored(
            Flight flight, Lease lease, Budget budget, Duration ttl, @Nullable V value, LoadTags tags, Ending ending) {
        Slot slot = lease.slot();
        byte[] payload = null;
        V copy = null;
        boolean storable = tags.isComplete();
        if (value == null) {
            storable &= shelf.settings().nulls().isPresent();
        } else {
            try {
                payload = shelf.encoded(value);
                copy = shelf.decoded(payload, 0);
            } catch (CodecException e) {
                log.warn("{}: loaded, but not stored: {}", slot, e.getMessage());
                Optional<StoreException> failure = giveBack(lease, budget, ending);
                return new Loaded<>(new Fetched<>(Optional.of(value), Source.LOADED), failure);
            }
            if (shelf.isTooLarge(payload)) {
                shelf.observe(CacheEvent.TOO_LARGE);
                log.warn("{}: loaded, but not stored: {}", slot, shelf.tooLarge(payload));
                storable = false;
            }
        }
        Fetched<V> fetched = new Fetched<>(Optional.ofNullable(copy), Source.LOADED);
        if (budget.isBroken()) {
            return new Loaded<>(fetched, Optional.ofNullable(tags.failure()));
        }
        Deadline end = budget.begin();
        try {
            boolean held = storable
                    ? fill(lease, payload, tags, shelf.life(ttl, value == null), ending, end)
                    : give(lease, ending, end);
            boolean confirmed = held && tags.isComplete() && tags.areCurrent(end);
            budget.spent(end);
            if (confirmed) {
                flight.land(new Landing.Value(Optional.ofNullable(payload), true));
            }
            return new Loaded<>(fetched, Optional.empty());
        } catch (StoreException e) {
            budget.failed(end);
            workshop.outage().failed(e);
            return new Loaded<>(fetched, Optional.of(e));
        }
    }

    /** Whether the lease was still held, and so the value is stored. */
    private boolean fill(
            Lease lease, byte @Nullable [] payload, LoadTags tags, long ttlMillis, Ending ending, Deadline end) {
        Slot slot = lease.slot();
        byte[] bytes = shelf.layout().write(slot.value(), payload, tags.namespace(), tags.ofEntry());
        Pending<Boolean> filled = redis.send(commands.fill(slot, lease.token(), bytes, ttlMillis), end);
        tags.renew(end);
        boolean held = filled.await();
        shelf.observe(held ? CacheEvent.FILL : CacheEvent.FILL_REVOKED);
        log.debug("{}: {}", slot, held ? "stored" : "not stored, changed while it was loaded");
        if (!held && ending == Ending.INVALIDATE) {
            // The lease may simply have run out, and then the entry that was to be replaced is still there.
            redis.call(commands.invalidate(slot.value()), end);
        }
        return held;
    }

    /** Gives the lease back; whether it is known to have been held. */
    private boolean give(Lease lease, Ending ending, Deadline end) {
        if (ending == Ending.INVALIDATE) {
            redis.call(commands.invalidate(lease.slot().value()), end);
            return false;
        }
        return redis.call(commands.release(lease.slot(), lease.token()), end);
    }

    private Optional<StoreException> giveBack(Lease lease, Budget budget, Ending ending) {
        if (budget.isBroken()) {
            return Optional.empty();
        }
        Deadline end = budget.begin();
        try {
            give(lease, ending, end);
            budget.spent(end);
            return Optional.empty();
        } catch (StoreException e) {
            // The lease ends by itself.
            budget.failed(end);
            workshop.outage().failed(e);
            return Optional.of(e);
        }
    }

    /** A load that Redis knows nothing of, shared within this process. */
    private <X extends Exception> Fetched<V> blindly(Flight flight, Slot slot, TaggingLoader<? extends V, X> loader)
            throws X {
        V value;
        try {
            value = run(slot, loader, new LoadTags.Unstored(shelf, slot));
        } catch (Throwable failure) {
            fail(flight, failure);
            throw failure;
        }
        if (flight.seal()) {
            try {
                byte[] payload = value == null ? null : shelf.encoded(value);
                if (payload != null) {
                    shelf.decoded(payload, 0);
                }
                flight.land(new Landing.Value(Optional.ofNullable(payload), false));
            } catch (CodecException e) {
                log.warn("{}: loaded, but cannot be shared: {}", slot, e.getMessage());
            }
        }
        return new Fetched<>(Optional.ofNullable(value), Source.BYPASS);
    }

    // What the source said holds for all; that this thread was interrupted, or its stack too deep, for nobody else.
    private static void fail(Flight flight, Throwable failure) {
        boolean ownTrouble = failure instanceof InterruptedException
                || failure instanceof VirtualMachineError
                || Thread.currentThread().isInterrupted();
        flight.land(ownTrouble ? new Landing.Again() : new Landing.Failed(failure));
    }

    private <X extends Exception> Fetched<V> alone(Slot slot, TaggingLoader<? extends V, X> loader) throws X {
        shelf.observe(CacheEvent.BYPASS);
        log.debug("{}: loading past the cache", slot);
        V value = run(slot, loader, new LoadTags.Unstored(shelf, slot));
        return new Fetched<>(Optional.ofNullable(value), Source.BYPASS);
    }

    private <X extends Exception> @Nullable V run(Slot slot, TaggingLoader<? extends V, X> loader, Load load) throws X {
        shelf.observe(CacheEvent.LOAD);
        boolean good = false;
        try {
            V value = loader.load(load);
            good = true;
            return value;
        } finally {
            if (!good) {
                shelf.observe(CacheEvent.LOAD_FAILED);
                log.debug("{}: the loader failed", slot);
            }
        }
    }

    /**
     * Loads in any case and replaces the entry.
     *
     * @param blindly whether to load even if Redis does not give the lease; otherwise that is thrown
     */
    <X extends Exception> Loaded<V> replace(Slot slot, Duration ttl, Loader<? extends V, X> loader, boolean blindly)
            throws X {
        Flight flight = flights.lead(slot.text());
        Budget budget = new Budget(shelf.numbers().deadline());
        try {
            Lease lease;
            try {
                lease = take(slot, budget);
            } catch (StoreException e) {
                shelf.keep(slot, e);
                if (!blindly) {
                    throw e;
                }
                workshop.outage().failed(e);
                return new Loaded<>(blindly(flight, slot, load -> loader.load()), Optional.of(e));
            }
            Loaded<V> loaded = load(flight, lease, budget, ttl, load -> loader.load(), Ending.INVALIDATE);
            loaded.notConfirmed().ifPresent(seen -> shelf.keep(slot, seen));
            return loaded;
        } finally {
            flight.land(new Landing.Again());
        }
    }

    /** The lease, from whoever holds it. */
    private Lease take(Slot slot, Budget budget) {
        Map<String, String> tokens = shelf.captured(slot, Map.of(), budget);
        String token = workshop.tokens().next();
        budget.call(redis, commands.take(slot, token));
        return new Lease(slot, token, tokens, Map.of());
    }

    /** Renews the lease while its loader works, for about a minute: one that hangs must not stand in the way for ever. */
    private Future<?> keepAlive(Lease lease) {
        Kernel kernel = workshop.kernel();
        long pause = Commands.LEASE.toMillis() / 3;
        AtomicInteger left = new AtomicInteger(RENEWALS);
        Runnable handOver = () -> {
            if (left.getAndDecrement() > 0) {
                kernel.worker().execute(() -> renew(lease));
            }
        };
        try {
            return kernel.timer().scheduleAtFixedRate(handOver, pause, pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException closing) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private void renew(Lease lease) {
        try {
            Deadline end = Deadline.in(shelf.numbers().deadline());
            redis.call(commands.keep(lease.slot(), lease.token()), end);
        } catch (StoreException | IllegalStateException e) {
            log.debug("{}: the lease could not be renewed: {}", lease.slot(), e.getMessage());
        }
    }

    // The loader's own exception, whatever it declares: the one who waited gets what the one who loaded got.
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Exception> X same(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (X) failure;
    }
}
