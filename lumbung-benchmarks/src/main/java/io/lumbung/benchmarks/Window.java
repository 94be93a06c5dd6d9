package io.lumbung.benchmarks;

import com.sun.management.ThreadMXBean;
import io.lumbung.error.StoreException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/**
 * What one contender did in one stretch of time.
 *
 * @param hits turns that count
 * @param misses turns that do not, such as a read that found nothing in spite of everything being there
 * @param latency nanoseconds of every turn that counts
 * @param allocated bytes allocated by all threads of this process, the client's own included
 */
record Window(long hits, long misses, Duration elapsed, Histogram latency, long allocated) {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /**
     * Lets all callers take turns on random keys until {@code length} has passed, or on each key once if that is what the
     * course wants; each waits for its answer before it asks again.
     *
     * @throws WrongAnswerException if the contender cannot be trusted
     */
    static <C extends AutoCloseable> Window of(
            Course<C> course, C contender, Load load, ExecutorService executor, Duration length) throws Exception {
        course.before(contender);
        var turns = new AtomicInteger();
        var ready = new CountDownLatch(load.callers());
        var go = new CountDownLatch(1);
        var deadline = new AtomicLong();
        List<Future<Caller<C>>> futures = new ArrayList<>();
        for (int i = 0; i < load.callers(); i++) {
            var caller = new Caller<>(course, contender, turns);
            futures.add(executor.submit(() -> {
                ready.countDown();
                go.await();
                caller.runUntil(deadline.get());
                return caller;
            }));
        }
        ready.await();
        long allocatedBefore = allocatedByAll();
        long start = System.nanoTime();
        deadline.set(start + length.toNanos());
        go.countDown();
        List<Caller<C>> callers = new ArrayList<>();
        for (var future : futures) {
            try {
                callers.add(future.get());
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : e;
            }
        }
        long allocated = allocatedByAll() - allocatedBefore;
        long end =
                callers.stream().mapToLong(caller -> caller.end - start).max().orElseThrow();
        var latency = emptyLatency();
        callers.forEach(caller -> latency.add(caller.latency));
        long misses = callers.stream().mapToLong(caller -> caller.misses).sum();
        var window =
                course.outcome(new Window(latency.getTotalCount(), misses, Duration.ofNanos(end), latency, allocated));
        course.after(contender);
        return window;
    }

    double hitsPerSecond() {
        return hits * 1e9 / elapsed.toNanos();
    }

    Window plus(Window other) {
        var both = latency.copy();
        both.add(other.latency);
        return new Window(
                hits + other.hits,
                misses + other.misses,
                elapsed.plus(other.elapsed),
                both,
                allocated + other.allocated);
    }

    static Histogram emptyLatency() {
        return new Histogram(64, Duration.ofMinutes(2).toNanos(), 2);
    }

    private static long allocatedByAll() {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            sum += Math.max(bytes, 0);
        }
        return sum;
    }

    private static final class Caller<C extends AutoCloseable> {

        private final Course<C> course;
        private final C contender;
        private final AtomicInteger turns;
        private final Histogram latency = emptyLatency();
        private long misses;
        private long end;

        Caller(Course<C> course, C contender, AtomicInteger turns) {
            this.course = course;
            this.contender = contender;
            this.turns = turns;
        }

        void runUntil(long deadline) throws Exception {
            var random = ThreadLocalRandom.current();
            int keys = course.keys();
            boolean onceEach = course.onceEach();
            long now = System.nanoTime();
            do {
                int key = onceEach ? turns.getAndIncrement() : random.nextInt(keys);
                if (key >= keys) {
                    break;
                }
                boolean counts = answered(key);
                long then = now;
                now = System.nanoTime();
                if (counts) {
                    latency.recordValue(now - then);
                } else {
                    misses++;
                }
            } while (now - deadline < 0);
            end = now;
        }

        /** What was not answered in time is a miss. */
        private boolean answered(int key) throws Exception {
            try {
                return course.run(contender, key);
            } catch (StoreException e) {
                return false;
            }
        }
    }
}
