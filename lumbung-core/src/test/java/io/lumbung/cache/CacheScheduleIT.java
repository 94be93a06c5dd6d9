package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.lumbung.Seed;
import io.lumbung.cache.CacheSchedule.Broken;
import io.lumbung.cache.CacheSchedule.Verdict;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Gateway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random schedules of readers, writers, crashes and losses on a real Redis: nothing stays stale. Two caches broken on
 * purpose show that the schedules would find it.
 */
class CacheScheduleIT {
    private static final boolean FULL = "full".equals(System.getProperty("lumbung.campaign"));
    private static final int UNTAGGED = FULL ? 100_000 : 10_000;
    private static final int TAGGED = FULL ? 30_000 : 3_000;
    private static final int BROKEN = 2_000;
    private static final int WORKERS = 2;

    private static RedisServer server;
    private static Gateway redis;
    private static ExecutorService threads;
    private static ScheduledExecutorService deadTimer;

    @BeforeAll
    static void start() {
        // Made on purpose, and by the thousand.
        logger().setLevel(Level.OFF);
        server = RedisServer.builder().inMemoryOnly().start();
        threads = Executors.newCachedThreadPool(task -> CacheBench.daemon(task, "actor"));
        deadTimer = CacheBench.timer();
        deadTimer.shutdownNow();
        redis = Gateway.connect(
                LumbungConfig.builder().url(server.url()).build().redis(),
                Duration.ofSeconds(5),
                Observer.NONE,
                Runnable::run);
    }

    @AfterAll
    static void stop() {
        redis.close();
        threads.shutdownNow();
        server.close();
        logger().setLevel(null);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.lumbung.cache");
    }

    @Test
    void nothingStaysStale() throws Exception {
        Findings findings = campaign("CacheScheduleIT.untagged", UNTAGGED, false, Broken.NOTHING);
        findings.print("untagged");
        assertThat(findings.staleForGood).isEmpty();
        assertThat(findings.staleReads).isEmpty();
    }

    @Test
    void nothingTaggedStaysStale() throws Exception {
        Findings findings = campaign("CacheScheduleIT.tagged", TAGGED, true, Broken.NOTHING);
        findings.print("tagged");
        assertThat(findings.staleForGood).isEmpty();
        assertThat(findings.staleReads).isEmpty();
    }

    @Test
    void findsACacheWithoutTheFence() throws Exception {
        Findings findings = campaign("CacheScheduleIT.noFence", BROKEN, false, Broken.NO_FENCE);
        findings.print("without the fence");
        assertThat(findings.staleForGood).isNotEmpty();
    }

    @Test
    void findsACacheThatTakesTagsWhenItStores() throws Exception {
        Findings findings = campaign("CacheScheduleIT.tagsAtStore", BROKEN, true, Broken.TAGS_AT_STORE);
        findings.print("tags taken at the store");
        assertThat(findings.staleForGood).isNotEmpty();
    }

    private static final class Findings {
        private final int schedules;
        private final AtomicInteger steps = new AtomicInteger();
        private final List<String> staleReads = new ArrayList<>();
        private final List<String> staleForGood = new ArrayList<>();

        Findings(int schedules) {
            this.schedules = schedules;
        }

        synchronized void add(long seed, Verdict verdict) {
            steps.addAndGet(verdict.trace().size());
            if (!verdict.staleReads().isEmpty()) {
                staleReads.add(told(seed, verdict.staleReads(), verdict));
            }
            if (!verdict.staleForGood().isEmpty()) {
                staleForGood.add(told(seed, verdict.staleForGood(), verdict));
            }
        }

        private static String told(long seed, List<String> what, Verdict verdict) {
            return "schedule " + seed + ": " + what + "\n  " + String.join("\n  ", verdict.trace());
        }

        void print(String what) {
            System.out.printf(
                    "%s: %d schedules, %d steps, %d with a stale read, %d stale for good%n",
                    what, schedules, steps.get(), staleReads.size(), staleForGood.size());
        }
    }

    private static Findings campaign(String name, int schedules, boolean tagged, Broken broken) throws Exception {
        long first = Seed.random(name).nextLong();
        Findings findings = new Findings(schedules);
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> workers = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            workers.add(threads.submit(() -> {
                for (int i = next.getAndIncrement(); i < schedules; i = next.getAndIncrement()) {
                    long seed = first + i;
                    try {
                        findings.add(seed, new CacheSchedule(redis, deadTimer, seed, tagged, broken).run(threads));
                    } catch (Throwable e) {
                        throw new AssertionError("schedule " + seed, e);
                    }
                }
            }));
        }
        for (Future<?> worker : workers) {
            worker.get();
        }
        return findings;
    }
}
