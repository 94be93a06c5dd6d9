package io.lumbung.spring.lock;

import io.lumbung.error.LeaseLostException;
import io.lumbung.key.Key;
import io.lumbung.lock.DistributedLock;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.springframework.integration.support.locks.RenewableLockRegistry;

/**
 * Spring Integration's locks: owned by the thread that took them, who may take them again, as {@link java.util.concurrent.locks.Lock}
 * has it. They are kept renewed until they are unlocked, unless they were taken for a time to live of their own.
 *
 * <p>{@code unlock} throws a {@link LeaseLostException} if the lock was lost meanwhile, and so does taking a lost one again; either
 * way it has to be unlocked as often as it was taken. If Redis does not answer, all of them throw a
 * {@link io.lumbung.error.StoreException}. There are no conditions. Thread-safe.
 */
public final class LumbungLockRegistry
        implements RenewableLockRegistry<org.springframework.integration.support.locks.DistributedLock> {
    private static final Duration LONGEST_WAIT = Duration.ofHours(24);

    private final Locks locks;
    private final Key prefix;

    // Of this thread: the lease of each lock it holds, on top of it those by which it took the lock again.
    private final ThreadLocal<Map<Key, Deque<Lease>>> held = ThreadLocal.withInitial(HashMap::new);

    /** @param prefix what the names of its locks begin with */
    public LumbungLockRegistry(Locks locks, Key prefix) {
        this.locks = locks;
        this.prefix = prefix;
    }

    /** @param lockKey text, a number, UUID, enum or date, or a list of these: encoded parts of the lock's name */
    @Override
    public org.springframework.integration.support.locks.DistributedLock obtain(Object lockKey) {
        return new OwnedLock(locks.lock(name(lockKey)));
    }

    @Override
    public void renewLock(Object lockKey) {
        renewed(lockKey, ours(name(lockKey)).element().renew());
    }

    @Override
    public void renewLock(Object lockKey, Duration ttl) {
        renewed(lockKey, ours(name(lockKey)).element().renew(ttl));
    }

    private Key name(Object lockKey) {
        return NameParts.append(prefix, lockKey, "the key of a lock");
    }

    private Deque<Lease> ours(Key name) {
        Deque<Lease> leases = held.get().get(name);
        if (leases == null) {
            throw new IllegalMonitorStateException("lock " + name + " is not held by this thread");
        }
        return leases;
    }

    private static void renewed(Object lockKey, boolean still) {
        if (!still) {
            throw new LeaseLostException("lock '" + lockKey + "' was lost before it was renewed");
        }
    }

    /** One lock, as a thread sees it. */
    private final class OwnedLock implements org.springframework.integration.support.locks.DistributedLock {
        private final DistributedLock lock;

        OwnedLock(DistributedLock lock) {
            this.lock = lock;
        }

        @Override
        public void lock() {
            lockAnyway(Optional.empty());
        }

        @Override
        public void lock(Duration ttl) {
            lockAnyway(Optional.of(ttl));
        }

        private void lockAnyway(Optional<Duration> ttl) {
            boolean interrupted = Thread.interrupted();
            try {
                boolean taken = false;
                while (!taken) {
                    try {
                        taken = take(ttl, LONGEST_WAIT);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            boolean taken = false;
            while (!taken) {
                taken = take(Optional.empty(), LONGEST_WAIT);
            }
        }

        @Override
        public boolean tryLock() {
            return again()
                    || kept(Optional.empty(), lock.tryAcquire(lock.defaults().ttl()));
        }

        @Override
        public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            return take(Optional.empty(), Duration.ofNanos(unit.toNanos(time)));
        }

        @Override
        public boolean tryLock(Duration waitTime, Duration ttl) throws InterruptedException {
            return take(Optional.of(ttl), waitTime);
        }

        private boolean take(Optional<Duration> ttl, Duration wait) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Duration bounded = wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
            return again()
                    || kept(
                            ttl,
                            lock.acquire(
                                    ttl.orElse(lock.defaults().ttl()), bounded.isNegative() ? Duration.ZERO : bounded));
        }

        private boolean again() {
            Deque<Lease> leases = held.get().get(lock.name());
            if (leases == null) {
                return false;
            }
            leases.push(leases.element().again());
            return true;
        }

        private boolean kept(Optional<Duration> ttl, Optional<Lease> taken) {
            taken.ifPresent(lease -> {
                Deque<Lease> leases = new ArrayDeque<>();
                leases.push(ttl.isPresent() ? lease : lease.keepRenewed());
                held.get().put(lock.name(), leases);
            });
            return taken.isPresent();
        }

        @Override
        public void unlock() {
            Deque<Lease> leases = ours(lock.name());
            Lease last = leases.pop();
            if (leases.isEmpty()) {
                held.get().remove(lock.name());
            }
            if (held.get().isEmpty()) {
                held.remove();
            }
            if (!last.release()) {
                throw new LeaseLostException("lock " + lock.name()
                        + " was lost before it was unlocked: somebody else may have worked meanwhile");
            }
        }

        @Override
        public Condition newCondition() {
            throw new UnsupportedOperationException("a lock in Redis has no conditions");
        }

        @Override
        public String toString() {
            return "lock " + lock.name();
        }
    }
}
