package io.lumbung.lock;

import io.lumbung.error.StoreException;
import io.lumbung.error.StoreTimeoutException;
import io.lumbung.key.Key;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.LockAnswer;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.WaitRoom;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One lock of any kind on Redis. What it promises is in {@link DistributedLock}. */
class RedisLock implements DistributedLock {
    /** For how long a waiter is believed to live that does not ask again: what a dead one costs those behind it. */
    static final Duration LIFE = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger("io.lumbung.lock");
    // What a lost message costs; late enough to be cheap, early enough that one late beat does not lose the place.
    private static final long BEAT_MILLIS = 400;
    private static final int PATIENCE = 3;

    private final LockWorkshop shop;
    private final Key name;
    private final Grip grip;

    RedisLock(LockWorkshop shop, Key name, Grip grip) {
        this.shop = shop;
        this.name = name;
        this.grip = grip;
    }

    @Override
    public Key name() {
        return name;
    }

    @Override
    public LockDefaults defaults() {
        return shop.defaults();
    }

    @Override
    public String toString() {
        return "lock " + name;
    }

    // Without waiting

    @Override
    public Optional<Lease> tryAcquire(Duration ttl) {
        return tryTake(LockChecks.ttl(ttl)).map(lease -> lease);
    }

    private Optional<RedisLease> tryTake(Duration ttl) {
        String owner = shop.newOwner();
        long began = shop.nanoTime();
        try {
            Optional<RedisLease> lease = ask(owner, ttl, Duration.ZERO).lease();
            noted(lease.isPresent() ? LockAnswer.ACQUIRED : LockAnswer.BUSY, began);
            return lease;
        } catch (StoreException e) {
            shop.giveBackLater(grip.giveBack(owner, Duration.ZERO), ttl);
            noted(LockAnswer.FAILED, began);
            throw e;
        }
    }

    @Override
    public Optional<Lease> acquire(Duration ttl, Retries retries) throws InterruptedException {
        LockChecks.ttl(ttl);
        for (int left = retries.tries(); ; left--) {
            if (Thread.interrupted()) {
                throw interrupted(null);
            }
            Optional<Lease> lease;
            try {
                lease = tryAcquire(ttl);
            } catch (StoreTimeoutException e) {
                if (Thread.interrupted()) {
                    throw interrupted(e);
                }
                throw e;
            }
            if (lease.isPresent() || left == 1) {
                return lease;
            }
            shop.pause(retries.delay());
        }
    }

    @Override
    public <E extends Exception> boolean runOnce(
            Duration lockAtMostFor, Duration lockAtLeastFor, LockedAction<E> action) throws E {
        LockChecks.ttl(lockAtMostFor);
        if (lockAtLeastFor.isNegative() || lockAtLeastFor.compareTo(lockAtMostFor) > 0) {
            throw new IllegalArgumentException(
                    "lockAtLeastFor must be 0 to lockAtMostFor (" + lockAtMostFor + "), was " + lockAtLeastFor);
        }
        long began = shop.nanoTime();
        Optional<RedisLease> taken = tryTake(lockAtMostFor);
        if (taken.isEmpty()) {
            return false;
        }
        RedisLease lease = taken.get();
        lease.keepRenewed();
        try {
            action.accept(lease);
            lease.requireHeld();
        } finally {
            Duration rest = lockAtLeastFor.minus(shop.since(began));
            lease.close(rest.toMillis() < 1 ? Duration.ZERO : rest);
        }
        return true;
    }

    // Waiting

    @Override
    public Optional<Lease> acquire(Duration ttl, Duration maxWait) throws InterruptedException {
        LockChecks.ttl(ttl);
        LockChecks.maxWait(maxWait);
        if (Thread.interrupted()) {
            throw interrupted(null);
        }
        String owner = shop.newOwner();
        long began = shop.nanoTime();
        try {
            Optional<Lease> lease = await(owner, ttl, Deadline.in(maxWait)).map(taken -> taken);
            noted(lease.isPresent() ? LockAnswer.ACQUIRED : LockAnswer.BUSY, began);
            return lease;
        } catch (InterruptedException e) {
            goAway(owner, ttl);
            noted(LockAnswer.INTERRUPTED, began);
            throw e;
        } catch (StoreException e) {
            boolean interrupted = Thread.interrupted();
            if (interrupted) {
                goAway(owner, ttl);
                noted(LockAnswer.INTERRUPTED, began);
                throw interrupted(e);
            }
            shop.giveBackLater(grip.giveBack(owner, Duration.ZERO), ttl);
            noted(LockAnswer.FAILED, began);
            throw e;
        }
    }

    private Optional<RedisLease> await(String owner, Duration ttl, Deadline patience) throws InterruptedException {
        WaitRoom room = shop.room();
        boolean queued = false;
        while (true) {
            boolean last = patience.isOver();
            // Who does not hear yet that it is next has no place in the queue.
            boolean hears = room.isOpen();
            try (WaitRoom.Seat seat = room.take(owner)) {
                queued |= hears && !last;
                Asked asked = ask(owner, ttl, last || !hears ? Duration.ZERO : LIFE);
                if (asked.lease().isPresent()) {
                    return asked.lease();
                }
                if (last) {
                    if (queued) {
                        goAway(owner, ttl);
                    }
                    return Optional.empty();
                }
                if (!hears) {
                    room.open(least(shop.defaults().deadline(), patience.remaining()));
                }
                if (hears || !room.isOpen()) {
                    long changesIn = asked.changesIn();
                    seat.await(changesIn < 0 ? BEAT_MILLIS : Math.min(changesIn, BEAT_MILLIS), patience);
                }
            }
            if (Thread.interrupted()) {
                throw interrupted(null);
            }
        }
    }

    /** Leaves nothing behind: no lease that nobody knows of, no place in the queue. */
    private void goAway(String owner, Duration ttl) {
        try {
            shop.giveBack(grip.giveBack(owner, Duration.ZERO), false);
        } catch (StoreException e) {
            log.debug("lock {}: a waiter leaves as soon as Redis answers: {}", name, e.getMessage());
            shop.giveBackLater(grip.giveBack(owner, Duration.ZERO), ttl);
        }
    }

    private InterruptedException interrupted(@Nullable StoreException cause) {
        InterruptedException interrupted = new InterruptedException("interrupted while waiting for lock " + name);
        if (cause != null) {
            interrupted.initCause(cause);
        }
        return interrupted;
    }

    // Asking

    /** @param changesIn see {@link Answer#changesIn()} */
    private record Asked(Optional<RedisLease> lease, long changesIn) {}

    private Asked ask(String owner, Duration ttl, Duration life) {
        for (int tries = 1; ; tries++) {
            long sent = shop.nanoTime();
            Answer answer = shop.call(grip.take(owner, ttl, life));
            if (!answer.isOurs()) {
                return new Asked(Optional.empty(), answer.changesIn());
            }
            Hold hold = new Hold(shop, grip, name, owner, answer.fence(), ttl, sent);
            // An answer that took so long is not worth much; asking again lets the ttl begin anew.
            if (hold.remaining().compareTo(ttl.dividedBy(2)) > 0) {
                return new Asked(Optional.of(new RedisLease(hold)), 0);
            }
            if (tries == PATIENCE) {
                throw new StoreTimeoutException(
                        "lock.acquire",
                        name.text(),
                        "it was taken, but the answers took more than half of its ttl of " + ttl.toMillis()
                                + " ms; it is given back",
                        null);
            }
        }
    }

    private void noted(LockAnswer answer, long began) {
        log.debug("lock {}: {}", name, answer);
        shop.observe(() -> new Observation.LockAsked(grip.kind(), answer, shop.since(began)));
    }

    private static Duration least(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
