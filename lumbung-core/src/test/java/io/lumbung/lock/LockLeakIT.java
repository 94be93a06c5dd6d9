package io.lumbung.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.Seed;
import io.lumbung.embedded.RedisServer;
import io.lumbung.key.StoreKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However locks are taken and end, and with nobody who sweeps: only their last fences stay, and those for an hour. */
@Timeout(600)
class LockLeakIT {
    private static final boolean FULL = "full".equals(System.getProperty("lumbung.campaign"));
    private static final int LEASES = FULL ? 1_000_000 : 50_000;
    private static final int NAMES = LEASES / 50;
    private static final int THREADS = 16;
    private static final long HOUR = 3_600_000;

    private RedisServer server;
    private LockBench here;

    @BeforeEach
    void start() {
        server = RedisServer.builder().inMemoryOnly().start();
        here = LockBench.at(server.url());
    }

    @AfterEach
    void stop() {
        here.close();
        server.close();
    }

    @Test
    void onlyFencesAreLeftOfLocksThatEndedSomehow() throws Exception {
        long seed = Seed.random("lock leaks").nextLong();
        AtomicInteger left = new AtomicInteger(LEASES);
        AtomicInteger got = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(THREADS, task -> LockBench.daemon(task, "leak"));
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed + i);
            all.add(pool.submit(() -> {
                while (left.decrementAndGet() >= 0) {
                    one(random).ifPresent(lease -> got.incrementAndGet());
                }
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        pool.shutdown();
        // The longest lease nobody gave back is over soon, and so are those who stood in a queue.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> here.keysWith("lock").stream().allMatch(key -> key.endsWith("}:fence")));
        List<String> fences = here.keysWith("}:fence");
        assertThat(fences).hasSizeBetween(1, 3 * NAMES);
        for (String fence : fences.subList(0, Math.min(500, fences.size()))) {
            String lock = fence.substring("{app:lock:".length(), fence.indexOf('}'));
            StoreKey key = here.keys.lockFence(here.key(lock));
            assertThat(here.number("PTTL", key)).isBetween(1L, HOUR);
            assertThat(here.text("GET", key)).hasSizeGreaterThanOrEqualTo(16);
        }
        System.out.printf("%d of %d were taken; %d fences left%n", got.get(), LEASES, fences.size());
        assertThat(got).hasValueGreaterThan(LEASES / 4);
    }

    /** Takes one somehow, and ends it somehow. */
    private Optional<Lease> one(Random random) throws InterruptedException {
        String name = String.valueOf(random.nextInt(NAMES));
        DistributedLock lock = switch (random.nextInt(4)) {
            case 0 -> here.locks.semaphore("s" + name, 3).of(1 + random.nextInt(3));
            case 1 -> here.locks.readWriteLock("r" + name).read();
            case 2 -> here.locks.readWriteLock("r" + name).write();
            default -> here.locks.lock("l" + name);
        };
        Duration ttl = Duration.ofMillis(random.nextInt(20) == 0 ? 1_000 : 100);
        Optional<Lease> taken = random.nextInt(3) == 0
                ? lock.acquire(ttl, Duration.ofMillis(random.nextInt(20)))
                : lock.tryAcquire(ttl);
        taken.ifPresent(lease -> {
            switch (random.nextInt(8)) {
                case 0 -> lease.renew();
                case 1 -> here.locks.forceRelease(lease.lock());
                default -> lease.release();
            }
        });
        return taken;
    }
}
