package io.lumbung.lock;

import io.lumbung.error.StoreException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands in the queue of one lock for as long as it runs. */
final class RedisElection implements LeaderElection, Runnable {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.lock");
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration LAST_WORK = Duration.ofSeconds(5);

    private final LockWorkshop shop;
    private final DistributedLock lock;
    private final Duration ttl;
    private final Candidate candidate;
    private final Consumer<RedisElection> whenClosed;
    private final Thread thread;
    private volatile @Nullable Lease lead;
    private volatile boolean closed;

    RedisElection(
            LockWorkshop shop,
            DistributedLock lock,
            Duration ttl,
            Candidate candidate,
            Consumer<RedisElection> whenClosed) {
        this.shop = shop;
        this.lock = lock;
        this.ttl = ttl;
        this.candidate = candidate;
        this.whenClosed = whenClosed;
        this.thread = new Thread(this, "lumbung-leader-" + lock.name());
        thread.setDaemon(true);
    }

    RedisElection start() {
        thread.start();
        return this;
    }

    @Override
    public boolean isLeader() {
        return lease().isPresent();
    }

    @Override
    public Optional<Lease> lease() {
        return Optional.ofNullable(lead).filter(Lease::isHeld);
    }

    @Override
    public void run() {
        boolean silent = false;
        while (!closed) {
            try {
                Optional<Lease> elected = lock.acquire(ttl, LONG);
                silent = false;
                if (elected.isPresent()) {
                    lead(elected.get());
                }
            } catch (StoreException e) {
                if (!silent) {
                    log.warn("nobody here stands for {} until Redis answers again: {}", lock, e.getMessage());
                }
                silent = true;
                rest();
            } catch (InterruptedException e) {
                log.debug("{}: woken to look whether it is over", lock);
            } catch (IllegalStateException e) {
                log.debug("{}: over, the connection is closed", lock);
                return;
            }
        }
    }

    private void lead(Lease elected) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        boolean failed = false;
        try {
            elected.keepRenewed().onLost(lost -> over.countDown());
            lead = elected;
            log.info("leading {} with fence {}", lock, elected.fence());
            candidate.elected(elected);
            over.await();
        } catch (RuntimeException e) {
            failed = true;
            log.error("{}: the candidate failed when it was elected; it gives the lead up", lock, e);
        } finally {
            lead = null;
            resign(elected);
        }
        if (failed) {
            // Somebody else may do better.
            rest();
        }
    }

    private void resign(Lease elected) {
        boolean interrupted = Thread.interrupted();
        try {
            candidate.deposed();
        } catch (RuntimeException e) {
            log.error("{}: the candidate failed when it was deposed", lock, e);
        } finally {
            log.info("not leading {} any more", lock);
            elected.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void rest() {
        try {
            shop.pause(PAUSE);
        } catch (InterruptedException e) {
            log.debug("{}: woken to look whether it is over", lock);
        }
    }

    @Override
    public void close() {
        closed = true;
        whenClosed.accept(this);
        thread.interrupt();
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            thread.join(LAST_WORK.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
