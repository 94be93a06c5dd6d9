package io.lumbung.benchmarks;

import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.HdrHistogram.Histogram;

/**
 * Who waits for a lock and who has it, and how long it took from one to the next. Only for one window; all times are of
 * {@link System#nanoTime()}.
 */
final class Turnstile {

    /** Of two who came within this time either may be the first: on a busy machine a request takes its time. */
    static final long APART_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    /** How far apart callers come at first; then they come when the lock is handed over, one at a time. */
    private static final long SPACING_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final long opened = System.nanoTime();
    private final Set<Thread> came = ConcurrentHashMap.newKeySet();
    private final AtomicInteger arrivals = new AtomicInteger();
    private final ConcurrentSkipListSet<Arrival> waiting = new ConcurrentSkipListSet<>();
    private final AtomicInteger turns = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private final AtomicBoolean held = new AtomicBoolean();
    // Written by whoever has it, which is one at a time, or an error.
    private final Histogram latency = Window.emptyLatency();
    private boolean wanted;
    private long givenBack;
    private long overtaken;
    private long longestWait;

    /** Somebody who waits. */
    record Arrival(long nanos, int number) implements Comparable<Arrival> {
        private static final Comparator<Arrival> ORDER =
                Comparator.comparingLong(Arrival::nanos).thenComparingInt(Arrival::number);

        @Override
        public int compareTo(Arrival other) {
            return ORDER.compare(this, other);
        }
    }

    /** Whoever comes for the first time waits until it is his turn to come. */
    void comeApart() {
        if (came.add(Thread.currentThread())) {
            pauseUntil(opened + came.size() * SPACING_NANOS);
        }
    }

    Arrival arrive(long now) {
        var arrival = new Arrival(now, arrivals.getAndIncrement());
        waiting.add(arrival);
        return arrival;
    }

    /** Who does not wait any longer and did not get it. */
    void giveUp(Arrival arrival) {
        waiting.remove(arrival);
        tellWhoeverAwaits();
    }

    /**
     * Somebody has it.
     *
     * @return which turn this is
     * @throws WrongAnswerException if somebody else has it, too
     */
    int enter(Arrival arrival, long now) {
        if (!held.compareAndSet(false, true)) {
            throw new WrongAnswerException("two had one lock at once");
        }
        waiting.remove(arrival);
        if (wanted) {
            latency.recordValue(Math.max(now - givenBack, 0));
            if (!waiting.isEmpty() && isOvertaken(waiting.first(), arrival)) {
                overtaken++;
            }
        }
        longestWait = Math.max(longestWait, now - arrival.nanos());
        int turn = turns.incrementAndGet();
        tellWhoeverAwaits();
        return turn;
    }

    private static boolean isOvertaken(Arrival first, Arrival holder) {
        return holder.nanos() - first.nanos() > APART_NANOS;
    }

    /**
     * Who has it is about to give it back.
     *
     * @return whether somebody waits for it
     */
    boolean exit(long now) {
        boolean somebody = !waiting.isEmpty();
        wanted = somebody;
        givenBack = now;
        held.set(false);
        return somebody;
    }

    /** Waits until somebody has it after {@code turn}, or nobody wants it any longer. */
    void awaitNext(int turn) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (turns.get() == turn && !waiting.isEmpty()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void tellWhoeverAwaits() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    static void pauseUntil(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Nanoseconds from just before it was given back until the next one had it, of each time somebody waited. */
    Histogram latency() {
        return latency;
    }

    /** How often somebody who had come earlier still waited. */
    long overtaken() {
        return overtaken;
    }

    long longestWaitNanos() {
        return longestWait;
    }
}
