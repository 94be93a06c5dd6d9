package io.lumbung.lock;

import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.redis.Command;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must still be given back, because Redis did not say whether it was taken, or did not take it back. Paid in order, by one
 * task at a time; while Redis does not answer it is asked twice a second about the first of them. Thread-safe.
 */
final class Debts {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.lock");
    private static final Duration AGAIN = Duration.ofMillis(500);
    private static final int MOST = 100_000;

    private final LockWorkshop shop;
    private final Queue<Debt> open = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicBoolean paying = new AtomicBoolean();

    Debts(LockWorkshop shop) {
        this.shop = shop;
    }

    /** @param end when it has ended by itself */
    private record Debt(Command<Boolean> giveBack, long end) {}

    /** Pays as soon as possible, at the latest within {@code ttl}. */
    void add(Command<Boolean> giveBack, Duration ttl) {
        if (count.incrementAndGet() > MOST) {
            count.decrementAndGet();
            log.warn("too much is to be given back already: {} ends by itself in {}", giveBack, ttl);
            return;
        }
        open.add(new Debt(giveBack, shop.nanoTime() + ttl.toNanos()));
        begin();
    }

    private void begin() {
        if (!open.isEmpty() && paying.compareAndSet(false, true)) {
            try {
                shop.kernel().worker().execute(this::pay);
            } catch (RejectedExecutionException e) {
                later();
            }
        }
    }

    private void later() {
        if (shop.in(AGAIN, this::resume) == null) {
            log.debug("what is left ends by itself: closing");
        }
    }

    private void resume() {
        paying.set(false);
        begin();
    }

    private void pay() {
        Debt next = open.peek();
        while (next != null) {
            if (shop.nanoTime() - next.end() < 0 && !isPaid(next)) {
                later();
                return;
            }
            open.remove(next);
            count.decrementAndGet();
            next = open.peek();
        }
        resume();
    }

    private boolean isPaid(Debt debt) {
        try {
            shop.call(debt.giveBack());
            return true;
        } catch (StoreRefusedException e) {
            log.warn("it cannot be given back, and ends by itself: {}", e.getMessage());
            return true;
        } catch (StoreException e) {
            log.debug("not given back yet: {}", e.getMessage());
            return false;
        } catch (IllegalStateException e) {
            log.debug("not given back: closed", e);
            return true;
        }
    }
}
