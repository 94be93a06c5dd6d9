package io.lumbung.spring.howto;

import io.lumbung.lock.Lease;
import io.lumbung.spring.lock.CurrentLease;
import io.lumbung.spring.lock.Locked;
import io.lumbung.spring.lock.OnOneInstance;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.springframework.integration.support.locks.LockRegistry;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What {@code docs/how-to/locks.md} shows of Spring; run by {@link LockHowToIT}. */
interface LockSnippets {
    /** A stand-in for a table with a fence. */
    @Component
    class OrderTable {
        final Map<String, Long> shipped = new ConcurrentHashMap<>();
        final AtomicInteger digests = new AtomicInteger();

        int markShipped(String id, long fence, String owner) {
            return shipped.merge(id, fence, Math::max) == fence && !owner.isEmpty() ? 1 : 0;
        }
    }

    @Service
    class Orders {
        private final OrderTable orders;

        Orders(OrderTable orders) {
            this.orders = orders;
        }

        @Locked(name = "order", key = "#id", waitFor = "2s")
        @Transactional
        public void ship(String id) {
            Lease lease = CurrentLease.require();
            if (orders.markShipped(id, lease.fence(), lease.owner()) == 0) {
                throw new IllegalStateException("somebody with a newer lease was here");
            }
            lease.requireHeld(); // or roll back
        }
    }

    @Component
    class Digest {
        private final OrderTable orders;

        Digest(OrderTable orders) {
            this.orders = orders;
        }

        @Scheduled(cron = "0 0 7 * * *")
        @OnOneInstance(name = "digest", ttl = "10m", lockAtLeastFor = "1m")
        public void send() {
            orders.digests.incrementAndGet();
        }
    }

    @Service
    class Legacy {
        private final LockRegistry<?> registry;

        Legacy(LockRegistry<?> registry) {
            this.registry = registry;
        }

        void inTurn(String file, Runnable work) {
            Lock lock = registry.obtain(file);
            lock.lock();
            try {
                work.run();
            } finally {
                lock.unlock();
            }
        }
    }
}
