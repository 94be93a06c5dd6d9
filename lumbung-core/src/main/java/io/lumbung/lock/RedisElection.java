package io.lumbung.lock;

import io.lumbung.redis.Deadline;
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
    private static final Duration FOR_EVER = Duration.ofDays(36_500);
    static final Duration LAST_WORK = Duration.ofSeconds(5);

    private final LockWorkshop shop;
    private final RedisLock lock;
    private final Duration ttl;
    private final Candidate candidate;
    private final Consumer<RedisElection> whenClosed;
    private final Thread thread;
    private volatile CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable Lease lead;
    private volatile boolean closed;

    RedisElection(
            LockWorkshop shop, RedisLock lock, Duration ttl, Candidate candidate, Consumer<RedisElection> whenClosed) {
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
                Optional<Lease> elected = lock.acquireWithin(ttl, FOR_EVER);
                silent = false;
                if (elected.isPresent() && !lead(elected.get())) {
                    // Somebody else may do better.
                    rest();
                }
            } catch (InterruptedException e) {
                log.debug("{}: woken to look whether it is over", lock);
            } catch (IllegalStateException e) {
                log.debug("{}: over, the connection is closed", lock);
                return;
            } catch (Throwable e) { // whatever it is, an election must not end in silence
                if (!silent) {
                    log.warn("nobody here stands for {} until Redis answers again: {}", lock, e.toString());
                }
                silent = true;
                rest();
            }
        }
    }

    /** Leads until it is lost or given up; false if the candidate could not. */
    private boolean lead(Lease elected) throws InterruptedException {
        CountDownLatch lost = new CountDownLatch(1);
        try {
            elected.keepRenewed().onLost(lease -> lost.countDown());
            over = lost;
            lead = elected;
            log.info("leading {} with fence {}", lock, elected.fence());
            candidate.elected(elected);
            if (!closed) {
                lost.await();
            }
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) { // an error, too, must not keep the lead from those who can
            log.error("{}: the candidate failed when it was elected; it gives the lead up", lock, e);
            return false;
        } finally {
            lead = null;
            resign(elected);
        }
    }

    private void resign(Lease elected) {
        boolean interrupted = Thread.interrupted();
        try {
            candidate.deposed();
        } catch (Throwable e) { // as above
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

    /** Says that it is over, and does not wait until it is. */
    void end() {
        closed = true;
        over.countDown();
        thread.interrupt();
    }

    @Override
    public void close() {
        end();
        awaitEnd(Deadline.in(LAST_WORK));
    }

    void awaitEnd(Deadline patience) {
        whenClosed.accept(this);
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            thread.join(Math.max(1, patience.remaining().toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
