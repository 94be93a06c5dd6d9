package io.lumbung.lock;

import io.lumbung.error.LeaseLostException;
import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.LockEnd;
import io.lumbung.observe.Observation.LockKind;
import io.lumbung.redis.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock that was taken: what is known of it, and who must hear when it is lost. Lost is lost: whatever Redis says later, it is
 * not held again. Thread-safe; calls to Redis are made outside the monitor, and those that renew one after the other.
 */
final class Hold {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.lock");
    private static final Duration SOON = Duration.ofMillis(10);
    private static final Duration OFTEN = Duration.ofMillis(500);

    private final LockWorkshop shop;
    private final Grip grip;
    private final Key name;
    private final String owner;
    private final long fence;
    private final Duration ttl;
    private final long since;
    private final ReentrantLock renewing = new ReentrantLock();

    private final List<Watcher> watchers = new ArrayList<>(0);
    private volatile State state = State.HELD;
    private volatile long until;
    private int entered = 1;
    private boolean stays;
    private long staysUntil;
    private boolean watching;
    private boolean kept;
    private @Nullable Future<?> end;
    private @Nullable Future<?> renewal;

    /** @param sent when it was asked for, before the request left */
    Hold(LockWorkshop shop, Grip grip, Key name, String owner, long fence, Duration ttl, long sent) {
        this.shop = shop;
        this.grip = grip;
        this.name = name;
        this.owner = owner;
        this.fence = fence;
        this.ttl = ttl;
        this.since = sent;
        this.until = sent + certain(ttl);
    }

    private enum State {
        HELD,
        LOST,
        RELEASED
    }

    /**
     * Who must hear of the loss: a listener, or a thread to interrupt.
     *
     * @param lease with which it entered; who left does not hear any more
     */
    private record Watcher(
            Lease lease,
            @Nullable Consumer<? super Lease> listener,
            @Nullable Thread thread) {}

    /** For how long it is ours for certain, though two clocks run apart: 1 %, and 2 ms because the server's counts in ms. */
    static long certain(Duration ttl) {
        return ttl.toNanos() - ttl.toNanos() / 100 - 2_000_000;
    }

    Key name() {
        return name;
    }

    String owner() {
        return owner;
    }

    long fence() {
        return fence;
    }

    Duration ttl() {
        return ttl;
    }

    /** Whether nobody else may hold it at the same time. */
    boolean isExclusive() {
        return grip.kind() == LockKind.LOCK || grip.kind() == LockKind.WRITE;
    }

    boolean isHeld() {
        return state == State.HELD && shop.nanoTime() - until < 0;
    }

    Duration remaining() {
        return state == State.HELD ? Duration.ofNanos(Math.max(0, until - shop.nanoTime())) : Duration.ZERO;
    }

    LeaseLostException lost() {
        return new LeaseLostException("lock " + name + " is not held any more, which was taken with fence " + fence
                + ": stop the work, somebody else may hold it by now");
    }

    void enter() {
        synchronized (this) {
            if (isHeld()) {
                entered++;
                return;
            }
        }
        throw lost();
    }

    // Renewing

    /** Makes it last for {@code time} from now; false if it is lost. */
    boolean renew(Duration time) {
        renewing.lock();
        try {
            if (!isHeld()) {
                loseIfOver();
                return false;
            }
            long sent = shop.nanoTime();
            try {
                if (!shop.call(grip.extend(owner, fence, time))) {
                    lose("Redis says that it is not ours any more");
                    return false;
                }
            } catch (StoreException e) {
                // It may have been done, and may have made it shorter.
                long sooner = sent + certain(time);
                if (e.outcome() == Outcome.UNKNOWN && sooner - until < 0) {
                    last(sooner);
                }
                throw e;
            }
            return last(sent + certain(time));
        } finally {
            renewing.unlock();
        }
    }

    private boolean last(long newEnd) {
        synchronized (this) {
            if (isHeld()) {
                boolean sooner = newEnd - until < 0;
                until = newEnd;
                if (sooner && watching) {
                    cancel(end);
                    end = shop.in(remaining(), this::loseIfOver);
                }
                if (sooner && kept) {
                    renewNext();
                }
                return isHeld();
            }
        }
        loseIfOver();
        return false;
    }

    /** Renews it from now on until it ends. */
    void keep() {
        synchronized (this) {
            if (kept || !isHeld()) {
                return;
            }
            kept = true;
            watch();
            renewNext();
        }
    }

    /** After a third of its ttl; later if it lasts for longer than that, sooner if for less. */
    private synchronized void renewNext() {
        Duration left = remaining();
        renewIn(most(left.minus(ttl.dividedBy(3).multipliedBy(2)), left.dividedBy(3)));
    }

    private synchronized void renewIn(Duration delay) {
        if (state == State.HELD && !shop.isClosed()) {
            cancel(renewal);
            renewal = shop.in(delay, this::renewPromptly);
        }
    }

    private void renewPromptly() {
        if (!shop.promptly(this::renewAsKept)) {
            renewIn(SOON);
        }
    }

    private void renewAsKept() {
        try {
            // Somebody may have made it last for longer: that stands.
            boolean lasts = remaining().compareTo(ttl.dividedBy(4).multipliedBy(3)) > 0;
            if (lasts || renew(ttl)) {
                renewNext();
            }
        } catch (StoreException e) {
            log.debug("lock {} could not be renewed yet: {}", name, e.getMessage());
            renewIn(least(OFTEN, most(SOON, ttl.dividedBy(20))));
        } catch (IllegalStateException e) {
            log.debug("lock {} is not renewed any more: closed", name);
        }
    }

    /** Asks whether it is still ours, after an outage. */
    void confirm() {
        try {
            if (isHeld() && !shop.call(grip.look(owner, fence))) {
                lose("Redis says that it is not ours any more");
            }
        } catch (StoreException | IllegalStateException e) {
            log.debug("lock {} could not be confirmed yet: {}", name, e.getMessage());
        }
    }

    // Losing

    void onLost(Lease lease, Consumer<? super Lease> listener) {
        if (!added(new Watcher(lease, listener, null))) {
            listener.accept(lease);
        }
    }

    void interruptOnLoss(Lease lease, Thread thread) {
        if (!added(new Watcher(lease, null, thread))) {
            thread.interrupt();
        }
    }

    private boolean added(Watcher watcher) {
        synchronized (this) {
            if (state == State.RELEASED) {
                return true;
            }
            if (isHeld()) {
                watchers.add(watcher);
                watch();
                return true;
            }
        }
        loseIfOver();
        return false;
    }

    private void watch() {
        if (!watching) {
            watching = true;
            shop.watch(this);
            end = shop.in(remaining(), this::loseIfOver);
        }
    }

    /** Ends it if its time is over; else looks again when it is. */
    private void loseIfOver() {
        synchronized (this) {
            if (state != State.HELD) {
                return;
            }
            if (isHeld()) {
                end = shop.in(remaining(), this::loseIfOver);
                return;
            }
        }
        lose("its time is over");
        // Redis counts a little longer than we dared to, or heard of a renewal whose reply was lost.
        shop.giveBackLater(grip.giveBack(owner, fence, Duration.ZERO), ttl);
    }

    private void lose(String why) {
        List<Watcher> told;
        synchronized (this) {
            if (state != State.HELD) {
                return;
            }
            state = State.LOST;
            told = List.copyOf(watchers);
            settle();
            for (Watcher watcher : told) {
                Thread thread = watcher.thread();
                if (thread != null) {
                    thread.interrupt();
                    // Remembered until it gives the lease back.
                    watchers.add(watcher);
                }
            }
        }
        log.warn("lock {} with fence {} is lost: {}", name, fence, why);
        for (Watcher watcher : told) {
            Consumer<? super Lease> listener = watcher.listener();
            if (listener != null) {
                tellLater(watcher.lease(), listener);
            }
        }
        shop.observe(() -> new Observation.LockEnded(grip.kind(), LockEnd.LOST, shop.since(since)));
    }

    private void tellLater(Lease lease, Consumer<? super Lease> listener) {
        if (!shop.promptly(() -> tell(lease, listener))) {
            shop.in(SOON, () -> tellLater(lease, listener));
        }
    }

    private void tell(Lease lease, Consumer<? super Lease> listener) {
        try {
            listener.accept(lease);
        } catch (Throwable e) { // one that fails must not keep the others from knowing
            log.error("a listener failed on the loss of lock {}", name, e);
        }
    }

    private void settle() {
        watchers.clear();
        cancel(end);
        cancel(renewal);
        shop.forget(this);
    }

    private static void cancel(@Nullable Future<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }

    // Giving back

    /** Whoever gives it back, it stays held in Redis for {@code time} from now. */
    synchronized void stay(Duration time) {
        staysUntil = shop.nanoTime() + time.toNanos();
        stays = true;
    }

    private synchronized Duration stay() {
        Duration left = Duration.ofNanos(stays ? Math.max(0, staysUntil - shop.nanoTime()) : 0);
        return left.toMillis() < 1 ? Duration.ZERO : left;
    }

    /** One who entered goes; the last one gives it back. Returns whether it is, or was, ours. */
    boolean leave(Lease lease) {
        boolean held;
        Duration rest;
        synchronized (this) {
            dropInterrupt(lease);
            watchers.removeIf(watcher -> watcher.lease().equals(lease));
            held = isHeld();
            if (--entered > 0) {
                return held;
            }
            if (state == State.LOST) {
                return false;
            }
            rest = remaining();
            state = State.RELEASED;
            settle();
        }
        Command<Boolean> giveBack = grip.giveBack(owner, fence, stay());
        boolean ours;
        try {
            ours = shop.giveBack(giveBack, held, shop.deadline());
        } catch (StoreException e) {
            shop.giveBackLater(giveBack, most(ttl, rest));
            ended(held);
            throw e;
        }
        ended(ours);
        if (!ours) {
            log.warn("lock {} with fence {} was lost before it was released", name, fence);
        }
        return ours;
    }

    // The interrupt was meant for the work, which is over; what the thread does next has nothing to do with it.
    private void dropInterrupt(Lease lease) {
        boolean ours = state == State.LOST
                && watchers.stream()
                        .anyMatch(watcher -> watcher.lease().equals(lease)
                                && Thread.currentThread().equals(watcher.thread()));
        if (ours && Thread.interrupted()) {
            log.debug("lock {}: the interrupt of its loss is over with its work", name);
        }
    }

    private void ended(boolean ours) {
        shop.observe(() ->
                new Observation.LockEnded(grip.kind(), ours ? LockEnd.RELEASED : LockEnd.LOST, shop.since(since)));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration most(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
