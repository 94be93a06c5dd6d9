package io.lumbung.redis;

import io.lumbung.error.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Where threads of this process wait for what other processes do. Nobody polls: whoever does it says so on one channel, by
 * the name of what is waited for. A message may get lost, so nobody waits longer than told, and nobody longer than a second
 * while the link is down. Thread-safe.
 */
public final class WaitRoom implements ChannelListener, AutoCloseable {
    private static final long GRACE_MILLIS = 20;
    private static final long UNHEARD_MILLIS = 1000;

    private final Redis redis;
    private final String channel;
    private final Parking parking;
    private final Map<String, Set<Seat>> waiting = new ConcurrentHashMap<>();
    private final AtomicBoolean opened = new AtomicBoolean();
    private volatile @Nullable Subscription subscription;
    private volatile boolean up;
    private volatile boolean closed;

    /** @param parking how threads wait */
    public WaitRoom(Redis redis, String channel, Parking parking) {
        this.redis = redis;
        this.channel = channel;
        this.parking = parking;
    }

    /** Subscribes, once, at most for {@code patience}; others go on meanwhile. */
    public void open(Duration patience) {
        if (opened.get() || !opened.compareAndSet(false, true)) {
            return;
        }
        try {
            Subscription made = redis.subscribe(channel, this, Deadline.in(patience));
            subscription = made;
            if (closed) {
                made.close();
            }
        } catch (StoreException e) {
            opened.set(false);
        }
    }

    /** Whether it has subscribed, though the link may be down. */
    public boolean isOpen() {
        return opened.get();
    }

    /** A seat for one who is about to ask about {@code entry}: what is said from now on is heard. */
    public Seat take(String entry) {
        Seat seat = new Seat(entry);
        waiting.compute(entry, (e, seats) -> {
            Set<Seat> all = seats == null ? new HashSet<>(2) : seats;
            all.add(seat);
            return all;
        });
        return seat;
    }

    @Override
    public void message(byte[] message) {
        wake(new String(message, StandardCharsets.UTF_8));
    }

    @Override
    public void linkUp() {
        up = true;
        wakeAll();
    }

    @Override
    public void linkDown() {
        up = false;
        wakeAll();
    }

    @Override
    public void close() {
        closed = true;
        Subscription made = subscription;
        if (made != null) {
            made.close();
        }
        wakeAll();
    }

    private void wakeAll() {
        waiting.keySet().forEach(this::wake);
    }

    private void wake(String entry) {
        waiting.computeIfPresent(entry, (e, seats) -> {
            seats.forEach(seat -> seat.woken.countDown());
            return seats;
        });
    }

    /** The place of one waiting thread. */
    public final class Seat implements AutoCloseable {
        private final String entry;
        private final CountDownLatch woken = new CountDownLatch(1);

        private Seat(String entry) {
            this.entry = entry;
        }

        /**
         * Waits until somebody says that the entry changed, at most for what is left of the lease and of patience; not
         * at all once the thread is interrupted.
         *
         * @param leaseMillis when it changes by itself; negative if it is not known
         */
        public void await(long leaseMillis, Deadline patience) {
            long net = leaseMillis < 0 ? UNHEARD_MILLIS : leaseMillis + GRACE_MILLIS;
            long millis = up ? net : Math.min(net, UNHEARD_MILLIS);
            try {
                parking.await(woken, Math.min(Duration.ofMillis(millis).toNanos(), patience.remainingNanos()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            waiting.computeIfPresent(entry, (e, seats) -> {
                seats.remove(this);
                return seats.isEmpty() ? null : seats;
            });
        }
    }
}
