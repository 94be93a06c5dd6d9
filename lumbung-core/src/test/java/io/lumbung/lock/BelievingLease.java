package io.lumbung.lock;

import io.lumbung.key.Key;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A lease that believes to be held for longer than it is. Otherwise as it was taken. */
final class BelievingLease implements Lease {
    private final Lease real;
    private final long end;
    private final AtomicBoolean released = new AtomicBoolean();

    private BelievingLease(Lease real, long end) {
        this.real = real;
        this.end = end;
    }

    /** Counted from now, when the answer is there. */
    static Lease counted(Lease real, Duration ttl) {
        return new BelievingLease(real, System.nanoTime() + Hold.certain(ttl));
    }

    /** Until it is released. */
    static Lease always(Lease real) {
        return new BelievingLease(
                real, System.nanoTime() + Duration.ofMinutes(1).toNanos());
    }

    @Override
    public Key lock() {
        return real.lock();
    }

    @Override
    public long fence() {
        return real.fence();
    }

    @Override
    public String owner() {
        return real.owner();
    }

    @Override
    public boolean isHeld() {
        return !remaining().isZero();
    }

    @Override
    public Duration remaining() {
        return released.get() ? Duration.ZERO : Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    @Override
    public void requireHeld() {
        real.requireHeld();
    }

    @Override
    public boolean renew() {
        return real.renew();
    }

    @Override
    public boolean renew(Duration ttl) {
        return real.renew(ttl);
    }

    @Override
    public Lease keepRenewed() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lease onLost(Consumer<? super Lease> listener) {
        real.onLost(listener);
        return this;
    }

    @Override
    public Lease interruptOnLoss() {
        real.interruptOnLoss();
        return this;
    }

    @Override
    public Lease again() {
        return real.again();
    }

    @Override
    public boolean release() {
        released.set(true);
        return real.release();
    }

    @Override
    public void close() {
        released.set(true);
        real.close();
    }
}
