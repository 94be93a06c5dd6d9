package io.lumbung.lock;

import io.lumbung.error.Outcome;
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

    private static final Duration ONLY_IF_FREE = Duration.ofMillis(-1);
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
            Optional<RedisLease> lease =
                    ask(owner, ttl, Duration.ZERO, shop.deadline()).lease();
            noted(lease.isPresent() ? LockAnswer.ACQUIRED : LockAnswer.BUSY, began);
            return lease;
        } catch (StoreException e) {
            if (e.outcome() == Outcome.UNKNOWN) {
                shop.giveBackLater(grip.withdraw(owner), ttl);
            }
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
    public <E extends Exception> boolean runOnce(Duration ttl, Duration lockAtLeastFor, LockedAction<E> action)
            throws E {
        LockChecks.ttl(ttl);
        if (lockAtLeastFor.isNegative() || lockAtLeastFor.compareTo(ttl) > 0) {
            throw new IllegalArgumentException(
                    "lockAtLeastFor must be 0 to the ttl (" + ttl + "), was " + lockAtLeastFor);
        }
        long began = shop.nanoTime();
        Optional<RedisLease> taken = tryTake(ttl);
        if (taken.isEmpty()) {
            return false;
        }
        RedisLease lease = taken.get();
        try (Lease inner = lease.keepRenewed().again()) {
            action.accept(inner);
        } catch (Throwable e) {
            lease.stay(lockAtLeastFor.minus(shop.since(began)));
            Scope.abandon(lease, e);
            throw e;
        }
        lease.stay(lockAtLeastFor.minus(shop.since(began)));
        Scope.endOf(lease);
        return true;
    }

    // Waiting

    @Override
    public Optional<Lease> acquire(Duration ttl, Duration maxWait) throws InterruptedException {
        LockChecks.ttl(ttl);
        LockChecks.maxWait(maxWait);
        return acquireWithin(ttl, maxWait);
    }

    /** As {@link #acquire(Duration, Duration)}, for any wait. */
    Optional<Lease> acquireWithin(Duration ttl, Duration maxWait) throws InterruptedException {
        if (Thread.interrupted()) {
            throw interrupted(null);
        }
        long began = shop.nanoTime();
        Waiter waiter = new Waiter(ttl, maxWait);
        try {
            Optional<Lease> lease = waiter.await().map(taken -> taken);
            noted(lease.isPresent() ? LockAnswer.ACQUIRED : LockAnswer.BUSY, began);
            return lease;
        } catch (InterruptedException e) {
            waiter.leave();
            noted(LockAnswer.INTERRUPTED, began);
            throw e;
        } catch (StoreException e) {
            if (Thread.interrupted()) {
                waiter.leave();
                noted(LockAnswer.INTERRUPTED, began);
                throw interrupted(e);
            }
            waiter.leaveLater();
            noted(LockAnswer.FAILED, began);
            throw e;
        } catch (IllegalStateException e) {
            // Closed meanwhile.
            waiter.leaveLater();
            throw e;
        }
    }

    /** One who wants it, and leaves nothing behind: no lease that nobody knows of, no place in the queue. */
    private final class Waiter {
        private final String owner = shop.newOwner();
        private final Duration ttl;
        private final Deadline patience;
        private final Deadline end;
        private boolean traced;

        Waiter(Duration ttl, Duration maxWait) {
            this.ttl = ttl;
            this.patience = Deadline.in(maxWait);
            this.end = Deadline.in(maxWait.plus(shop.defaults().deadline()));
        }

        Optional<RedisLease> await() throws InterruptedException {
            // Who may wait need not know whether somebody who is next still lives: it stands in the queue behind.
            Asked first = ask(patience.isOver() ? Duration.ZERO : ONLY_IF_FREE);
            if (first.lease().isPresent() || patience.isOver()) {
                return first.lease();
            }
            WaitRoom room = shop.room();
            while (true) {
                if (!room.isOpen()) {
                    room.open(soon());
                }
                try (WaitRoom.Seat seat = room.take(owner)) {
                    Asked asked = ask(patience.isOver() ? Duration.ZERO : LIFE);
                    if (asked.lease().isPresent()) {
                        return asked.lease();
                    }
                    if (patience.isOver()) {
                        leave();
                        return Optional.empty();
                    }
                    long changesIn = asked.changesIn();
                    seat.await(changesIn < 0 ? BEAT_MILLIS : Math.min(changesIn, BEAT_MILLIS), patience);
                }
                if (Thread.interrupted()) {
                    throw interrupted(null);
                }
            }
        }

        private Asked ask(Duration life) {
            traced |= life.equals(LIFE);
            try {
                return RedisLock.this.ask(owner, ttl, life, Deadline.in(soon()));
            } catch (StoreException e) {
                traced |= e.outcome() == Outcome.UNKNOWN;
                throw e;
            }
        }

        private Duration soon() {
            Duration left = end.remaining();
            return left.compareTo(shop.defaults().deadline()) < 0
                    ? left
                    : shop.defaults().deadline();
        }

        void leave() {
            if (!traced) {
                return;
            }
            try {
                shop.call(grip.withdraw(owner), Deadline.in(soon()));
            } catch (StoreException e) {
                log.debug("lock {}: a waiter leaves as soon as Redis answers: {}", name, e.getMessage());
                leaveLater();
            }
        }

        void leaveLater() {
            if (traced) {
                shop.giveBackLater(grip.withdraw(owner), ttl);
            }
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

    private Asked ask(String owner, Duration ttl, Duration life, Deadline deadline) {
        shop.requireOpen();
        for (int tries = 1; ; tries++) {
            long sent = shop.nanoTime();
            Answer answer;
            try {
                answer = answer(owner, ttl, life, deadline);
            } catch (StoreException e) {
                if (tries > 1) {
                    // Whatever became of this one, the one before took it.
                    shop.giveBackLater(grip.withdraw(owner), ttl);
                }
                throw e;
            }
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

    private Answer answer(String owner, Duration ttl, Duration life, Deadline deadline) {
        if (!life.equals(LIFE)) {
            Answer answer = shop.call(grip.tryTake(owner, ttl), deadline);
            if (!answer.isUndecided() || life.equals(ONLY_IF_FREE)) {
                return answer;
            }
        }
        return shop.call(grip.take(owner, ttl, life), deadline);
    }

    private void noted(LockAnswer answer, long began) {
        log.debug("lock {}: {}", name, answer);
        shop.observe(() -> new Observation.LockAsked(grip.kind(), answer, shop.since(began)));
    }
}
