package io.lumbung.cache;

import io.lumbung.redis.Deadline;
import io.lumbung.redis.Parking;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The loads in progress in this process, at most one that can still be joined per entry. The thread that finds none
 * leads one: it asks Redis, waits for other processes, loads. All later readers of the entry join it and wait.
 *
 * <p>A flight is sealed before its leader tells Redis the result. So everybody in it began before that moment, and if
 * Redis then says that the lease was still held, no invalidation that ended before somebody joined was missed.
 */
final class Flights {
    private final Map<String, Flight> flying = new ConcurrentHashMap<>();
    private final AtomicLong count = new AtomicLong();
    private final Parking parking;

    Flights(Parking parking) {
        this.parking = parking;
    }

    /** The present, for {@link Flight#beganAfter}. */
    long now() {
        return count.get();
    }

    /**
     * The flight to wait for, or a new one that the calling thread leads.
     *
     * @throws IllegalStateException if the calling thread leads it already: its loader asks for what it is loading
     */
    Flight join(String entry) {
        while (true) {
            Flight flight = flying.get(entry);
            if (flight == null) {
                flight = new Flight(entry);
                if (flying.putIfAbsent(entry, flight) == null) {
                    return flight;
                }
            } else {
                flight.refuseRecursion();
                if (flight.board()) {
                    return flight;
                }
                flying.remove(entry, flight);
            }
        }
    }

    /** A new flight that the calling thread leads, in place of the one there may be. */
    Flight lead(String entry) {
        Flight flight = new Flight(entry);
        Flight before = flying.put(entry, flight);
        if (before != null) {
            before.seal();
        }
        return flight;
    }

    /** From now on nobody joins what flies: who asks after a change must not get what was loaded before it. */
    void cut(String entry) {
        Flight flight = flying.remove(entry);
        if (flight != null) {
            flight.seal();
        }
    }

    void cutAll() {
        flying.keySet().forEach(this::cut);
    }

    /** How a flight ended, for those who joined it. */
    sealed interface Landing {
        /** The value, encoded; empty for null. Confirmed: Redis said that nothing was invalidated meanwhile. */
        record Value(Optional<byte[]> payload, boolean confirmed) implements Landing {}

        /** The loader threw. */
        record Failed(Throwable failure) implements Landing {}

        /** There is nothing to share: ask again. */
        record Again() implements Landing {}

        /** It has not ended in time. */
        record Late() implements Landing {}
    }

    /** One load in progress. */
    final class Flight {
        private static final int SEALED = 1 << 30;

        private final String entry;
        private final long number = count.incrementAndGet();
        private final Thread leader = Thread.currentThread();
        private final AtomicInteger joined = new AtomicInteger();
        private final CountDownLatch landed = new CountDownLatch(1);
        private volatile @Nullable Landing landing;

        private Flight(String entry) {
            this.entry = entry;
        }

        @SuppressWarnings("ReferenceEquality")
        boolean isLedByThisThread() {
            return leader == Thread.currentThread();
        }

        /** Whether all that its leader does, its load included, came after this moment. */
        boolean beganAfter(long moment) {
            return number > moment;
        }

        /** Nobody joins any more; whether somebody had. */
        boolean seal() {
            flying.remove(entry, this);
            return joined.updateAndGet(n -> n | SEALED) != SEALED;
        }

        /** Ends the flight; the first end counts. */
        void land(Landing end) {
            seal();
            if (landing == null) {
                landing = end;
                landed.countDown();
            }
        }

        /** How it ended; late if it has not when patience is over, or when the thread is interrupted. */
        Landing await(Deadline patience) {
            try {
                if (!parking.await(landed, patience.remainingNanos())) {
                    return new Landing.Late();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Landing end = landing;
            return end == null ? new Landing.Late() : end;
        }

        private boolean board() {
            while (true) {
                int n = joined.get();
                if (n >= SEALED) {
                    return false;
                }
                if (joined.compareAndSet(n, n + 1)) {
                    return true;
                }
            }
        }

        private void refuseRecursion() {
            if (isLedByThisThread()) {
                throw new IllegalStateException("the loader of '" + entry
                        + "' asks the cache for the entry it is loading: read the source there instead");
            }
        }
    }
}
