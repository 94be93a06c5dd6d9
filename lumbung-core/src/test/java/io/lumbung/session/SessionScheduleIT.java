package io.lumbung.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Seed;
import io.lumbung.embedded.RedisServer;
import io.lumbung.session.SessionSchedule.Verdict;
import io.lumbung.session.SteppedRedis.Broken;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random schedules of clients on a real Redis: what has ended does not come back, and what nobody ended is there. Sessions
 * broken on purpose show that the schedules would find it.
 */
class SessionScheduleIT {
    private static final boolean FULL = "full".equals(System.getProperty("lumbung.campaign"));
    private static final int SCHEDULES = FULL ? 100_000 : 10_000;
    private static final int BROKEN = 20_000;
    private static final int WORKERS = 2;

    private static RedisServer server;
    private static SessionBench bench;
    private static ExecutorService threads;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
        bench = SessionBench.at(server.url());
        threads = Executors.newCachedThreadPool(task -> SessionBench.daemon(task, "actor"));
    }

    @AfterAll
    static void stop() {
        bench.close();
        threads.shutdownNow();
        server.close();
    }

    @Test
    void whatHasEndedDoesNotComeBack() throws Exception {
        Findings findings = campaign("SessionScheduleIT", SCHEDULES, Broken.NOTHING, Integer.MAX_VALUE);
        System.out.println(findings);
        assertThat(findings.told).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
    void findsWhatIsBroken(Broken broken) throws Exception {
        Findings findings = campaign("SessionScheduleIT." + broken, BROKEN, broken, 1);
        System.out.println(broken + ": " + findings);
        assertThat(findings.told).isNotEmpty();
    }

    private static final class Findings {
        private final AtomicInteger schedules = new AtomicInteger();
        private final AtomicInteger steps = new AtomicInteger();
        private final Map<String, Integer> kinds = new TreeMap<>();
        private final List<String> told = new ArrayList<>();

        synchronized void add(long seed, Verdict verdict) {
            schedules.incrementAndGet();
            steps.addAndGet(verdict.trace().size());
            verdict.wrong().forEach(what -> kinds.merge(what, 1, Integer::sum));
            if (!verdict.wrong().isEmpty() && told.size() < 5) {
                told.add("schedule " + seed + ": " + verdict.wrong() + "\n  " + String.join("\n  ", verdict.trace()));
            }
        }

        synchronized int found() {
            return told.size();
        }

        @Override
        public synchronized String toString() {
            return schedules + " schedules, " + steps + " steps, found " + kinds;
        }
    }

    private static Findings campaign(String name, int schedules, Broken broken, int enough) throws Exception {
        long first = Seed.random(name).nextLong();
        Findings findings = new Findings();
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> workers = new ArrayList<>();
        for (int worker = 0; worker < WORKERS; worker++) {
            workers.add(threads.submit(() -> {
                for (int i = next.getAndIncrement();
                        i < schedules && findings.found() < enough;
                        i = next.getAndIncrement()) {
                    long seed = first + i;
                    try {
                        findings.add(seed, new SessionSchedule(bench, seed, broken).run(threads));
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
