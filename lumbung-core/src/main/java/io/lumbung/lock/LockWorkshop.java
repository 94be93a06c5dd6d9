package io.lumbung.lock;

import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Parking;
import io.lumbung.redis.WaitRoom;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the locks of one process share. Thread-safe. */
final class LockWorkshop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.lock");

    private final Kernel kernel;
    private final LockDefaults defaults;
    private final Parking parking;
    private final LongSupplier nanoTime;
    private final String process = randomName();
    private final AtomicLong owners = new AtomicLong();
    private final WaitRoom room;
    private final Debts debts;
    private final Set<Hold> watched = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param nanoTime by which leases are known to last */
    LockWorkshop(Kernel kernel, LockDefaults defaults, Parking parking, LongSupplier nanoTime) {
        this.kernel = kernel;
        this.defaults = defaults;
        this.parking = parking;
        this.nanoTime = nanoTime;
        this.room = new WaitRoom(kernel.state(), kernel.keys().lockChannel(process), parking);
        this.debts = new Debts(this);
        // Another server may have taken over, which may not know of a lock that was just granted.
        kernel.state().onRecovery(() -> watched.forEach(Hold::confirm));
    }

    Kernel kernel() {
        return kernel;
    }

    LockDefaults defaults() {
        return defaults;
    }

    WaitRoom room() {
        return room;
    }

    /** What the channels begin with on which processes hear of their waiters. */
    String channels() {
        return kernel.keys().lockChannel("");
    }

    /** The name of a new lease or waiter, never used before. Scripts find the process in it. */
    String newOwner() {
        return process + '.' + Long.toString(owners.incrementAndGet(), Character.MAX_RADIX);
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    void pause(Duration time) throws InterruptedException {
        parking.await(new CountDownLatch(1), time.toNanos());
    }

    Deadline deadline() {
        return Deadline.in(defaults.deadline());
    }

    <T> T call(Command<T> command) {
        return call(command, deadline());
    }

    <T> T call(Command<T> command, Deadline deadline) {
        return kernel.state().call(command, deadline);
    }

    /**
     * Gives back now, also if the thread is interrupted: its flag is set again afterwards.
     *
     * @param held what to answer if it may have been given back by a first try whose reply was lost
     */
    boolean giveBack(Command<Boolean> giveBack, boolean held, Deadline deadline) {
        boolean interrupted = Thread.interrupted();
        try {
            return call(giveBack, deadline);
        } catch (StoreException e) {
            interrupted |= Thread.interrupted();
            if (e.outcome() == Outcome.NOT_DONE || deadline.isOver()) {
                throw e;
            }
            return call(giveBack.repeatable(), deadline) || held;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Gives back in the background what may be held, as soon as Redis answers, at the latest until it ended by itself. */
    void giveBackLater(Command<Boolean> giveBack, Duration ttl) {
        debts.add(giveBack.repeatable(), ttl);
    }

    /** Runs a task that never blocks after a while. */
    @Nullable
    Future<?> in(Duration delay, Runnable task) {
        try {
            return kernel.timer().schedule(task, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("nothing is done later any more: closing");
            return null;
        }
    }

    /** Runs a task that calls Redis, or a listener; whether it will. */
    boolean promptly(Runnable task) {
        try {
            kernel.prompt().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            log.debug("too much to do, or closing", e);
            return false;
        }
    }

    /** Asks after an outage whether it is still held. */
    void watch(Hold hold) {
        watched.add(hold);
    }

    void forget(Hold hold) {
        watched.remove(hold);
    }

    // Measuring must not break what is measured.
    @SuppressWarnings("ReferenceEquality")
    void observe(Supplier<Observation> observation) {
        Observer observer = kernel.observer();
        if (observer != Observer.NONE) {
            try {
                observer.observe(observation.get());
            } catch (RuntimeException e) {
                log.debug("an observer failed", e);
            }
        }
    }

    Duration since(long began) {
        return Duration.ofNanos(nanoTime() - began);
    }

    boolean isClosed() {
        return closed;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the locks are closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        room.close();
    }

    private static String randomName() {
        byte[] bytes = new byte[15];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
