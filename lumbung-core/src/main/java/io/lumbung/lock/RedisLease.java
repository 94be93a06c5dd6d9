package io.lumbung.lock;

import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of those who entered a {@link Hold}. */
final class RedisLease implements Lease {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.lock");

    private final Hold hold;
    private final AtomicBoolean released = new AtomicBoolean();

    RedisLease(Hold hold) {
        this.hold = hold;
    }

    @Override
    public Key lock() {
        return hold.name();
    }

    @Override
    public long fence() {
        return hold.fence();
    }

    @Override
    public String owner() {
        return hold.owner();
    }

    @Override
    public boolean isHeld() {
        return !released.get() && hold.isHeld();
    }

    @Override
    public Duration remaining() {
        return released.get() ? Duration.ZERO : hold.remaining();
    }

    @Override
    public void requireHeld() {
        if (!isHeld()) {
            throw hold.lost();
        }
    }

    @Override
    public boolean renew() {
        return renew(hold.ttl());
    }

    @Override
    public boolean renew(Duration ttl) {
        LockChecks.ttl(ttl);
        return !released.get() && hold.renew(ttl);
    }

    @Override
    public Lease keepRenewed() {
        if (!released.get()) {
            hold.keep();
        }
        return this;
    }

    @Override
    public Lease onLost(Consumer<? super Lease> listener) {
        if (!released.get()) {
            hold.onLost(this, listener);
        }
        return this;
    }

    @Override
    public Lease interruptOnLoss() {
        if (!released.get()) {
            hold.interruptOnLoss(this, Thread.currentThread());
        }
        return this;
    }

    @Override
    public Lease again() {
        if (released.get()) {
            throw hold.lost();
        }
        hold.enter();
        return new RedisLease(hold);
    }

    @Override
    public boolean release() {
        return released.compareAndSet(false, true) && hold.leave(this);
    }

    @Override
    public void close() {
        try {
            release();
        } catch (StoreException | IllegalStateException e) {
            log.warn("lock {} is given back as soon as Redis answers, or ends by itself: {}", lock(), e.getMessage());
        }
    }

    /** Lets it stay held in Redis for at least that long, however soon it is given back. */
    void stay(Duration time) {
        hold.stay(time);
    }

    boolean isExclusive() {
        return hold.isExclusive();
    }

    @Override
    public String toString() {
        return "lease of lock " + lock() + " with fence " + fence() + (isHeld() ? "" : ", not held");
    }
}
