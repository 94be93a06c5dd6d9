package io.lumbung.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lumbung.error.LeaseLostException;
import io.lumbung.key.Key;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.LockKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stands on the queue of locks: semaphores, read/write locks, elections, and a value behind a fence. */
@Timeout(60)
interface SharedLockContract {
    Duration LONG = Duration.ofSeconds(30);
    Duration BRIEF = Duration.ofMillis(100);

    /** This process. */
    LockBench here();

    /** Another process on the same Redis. */
    LockBench there();

    private static String some() {
        return "s" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
    }

    private static Lease taken(Optional<Lease> lease) {
        assertThat(lease).isPresent();
        return lease.get();
    }

    private static <T> FutureTask<T> begin(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        LockBench.daemon(task, "contract").start();
        return task;
    }

    private void waiting(String name, int howMany) {
        await().until(() -> here().waiting(name) == howMany);
    }

    // Semaphores

    @Test
    default void thereAreAsManyPermitsAsSaid() {
        String name = some();
        Semaphore semaphore = here().locks.semaphore(name, 3);
        assertThat(semaphore.permits()).isEqualTo(3);
        assertThat(semaphore.available()).isEqualTo(3);
        Lease one = taken(semaphore.tryAcquire(LONG));
        Lease two = taken(there().locks.semaphore(name, 3).of(2).tryAcquire(LONG));
        assertThat(two.fence()).isGreaterThan(one.fence());
        assertThat(semaphore.available()).isZero();
        assertThat(here().locks.state(Key.parse(name)).holders()).isEqualTo(3);
        assertThat(semaphore.tryAcquire(LONG)).isEmpty();
        assertThat(two.release()).isTrue();
        assertThat(semaphore.available()).isEqualTo(2);
        assertThat(semaphore.of(3).tryAcquire(LONG)).isEmpty();
        assertThat(one.release()).isTrue();
        assertThat(one.release()).isFalse();
        Lease all = taken(semaphore.of(3).tryAcquire(LONG));
        assertThat(all.renew(Duration.ofMinutes(1))).isTrue();
        assertThat(all.remaining()).isGreaterThan(LONG);
        all.release();
        assertThat(here().keysWith(name)).containsExactly("{app:lock:" + name + "}:fence");
    }

    @Test
    default void permitsOfADeadProcessComeBack() throws Exception {
        String name = some();
        Semaphore semaphore = here().locks.semaphore(name, 2);
        Lease dead = taken(there().locks.semaphore(name, 2).tryAcquire(Duration.ofMillis(300)));
        Lease living = taken(semaphore.tryAcquire(LONG));
        assertThat(semaphore.tryAcquire(LONG)).isEmpty();
        assertThat(semaphore.acquire(LONG, LONG)).isPresent();
        assertThat(dead.isHeld()).isFalse();
        assertThat(dead.renew()).isFalse();
        assertThat(dead.release()).isFalse();
        assertThat(living.renew()).isTrue();
        assertThat(here().number("ZCARD", here().key(name))).isEqualTo(2);
    }

    @Test
    default void whoWantsManyIsNotPassedByWhoWantsFew() throws Exception {
        String name = some();
        Semaphore semaphore = here().locks.semaphore(name, 3);
        Lease held = taken(semaphore.of(2).tryAcquire(LONG));
        FutureTask<Optional<Lease>> many =
                begin(() -> there().locks.semaphore(name, 3).of(3).acquire(LONG, LONG));
        waiting(name, 1);
        assertThat(semaphore.tryAcquire(LONG))
                .as("one is free, but somebody waits for three")
                .isEmpty();
        FutureTask<Optional<Lease>> few = begin(() -> semaphore.acquire(LONG, LONG));
        waiting(name, 2);
        held.release();
        Lease all = taken(many.get());
        assertThat(few.isDone()).isFalse();
        all.release();
        assertThat(few.get()).isPresent();
    }

    @Test
    default void allWhoFitAreWoken() throws Exception {
        String name = some();
        Semaphore semaphore = here().locks.semaphore(name, 3);
        Lease all = taken(semaphore.of(3).tryAcquire(LONG));
        List<FutureTask<Optional<Lease>>> waiters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiters.add(begin(() -> there().locks.semaphore(name, 3).acquire(LONG, LONG)));
        }
        waiting(name, 4);
        all.release();
        await().until(() -> waiters.stream().filter(FutureTask::isDone).count() == 3);
        assertThat(here().waiting(name)).isEqualTo(1);
    }

    @Test
    default void neverMoreThanThereAre() throws Exception {
        String name = some();
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<FutureTask<Boolean>> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            LockBench bench = i % 2 == 0 ? here() : there();
            int count = 1 + i % 3;
            all.add(begin(() -> {
                for (int n = 0; n < 10; n++) {
                    bench.locks.semaphore(name, 4).of(count).run(LONG, LONG, lease -> {
                        most.accumulateAndGet(inside.addAndGet(count), Math::max);
                        inside.addAndGet(-count);
                    });
                }
                return true;
            }));
        }
        for (FutureTask<Boolean> one : all) {
            assertThat(one.get()).isTrue();
        }
        assertThat(most.get()).isBetween(1, 4);
        assertThat(here().keysWith(name)).containsExactly("{app:lock:" + name + "}:fence");
    }

    // Read/write locks

    @Test
    default void readersShareAndAWriterIsAlone() {
        String name = some();
        ReadWriteLock lock = here().locks.readWriteLock(name);
        ReadWriteLock other = there().locks.readWriteLock(name);
        Lease one = taken(lock.read().tryAcquire(LONG));
        Lease two = taken(other.read().tryAcquire(LONG));
        assertThat(other.write().tryAcquire(LONG)).isEmpty();
        one.release();
        assertThat(other.write().tryAcquire(LONG)).isEmpty();
        two.release();
        Lease writer = taken(other.write().tryAcquire(LONG));
        assertThat(writer.fence()).isGreaterThan(two.fence());
        assertThat(lock.read().tryAcquire(LONG)).isEmpty();
        assertThat(lock.write().tryAcquire(LONG)).isEmpty();
        assertThat(writer.renew()).isTrue();
        assertThat(writer.release()).isTrue();
        assertThat(taken(lock.read().tryAcquire(LONG)).fence()).isGreaterThan(writer.fence());
    }

    @Test
    default void aWriterWhoWaitsIsNotPassedByReaders() throws Exception {
        String name = some();
        ReadWriteLock lock = here().locks.readWriteLock(name);
        ReadWriteLock other = there().locks.readWriteLock(name);
        Lease reader = taken(lock.read().tryAcquire(LONG));
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        FutureTask<Boolean> writer = begin(() -> {
            try (Lease lease = taken(other.write().acquire(LONG, LONG))) {
                return order.add("writer");
            }
        });
        waiting(name, 1);
        assertThat(lock.read().tryAcquire(LONG)).isEmpty();
        List<FutureTask<Boolean>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(begin(() -> {
                taken(lock.read().acquire(LONG, LONG));
                return order.add("reader");
            }));
        }
        waiting(name, 4);
        reader.release();
        writer.get();
        for (FutureTask<Boolean> one : readers) {
            one.get();
        }
        assertThat(order).containsExactly("writer", "reader", "reader", "reader");
        assertThat(here().locks.state(Key.parse(name)).holders()).isEqualTo(3);
    }

    @Test
    default void sharedLocksAreLostKeptAndObservedAsAllAre() {
        String name = some();
        AtomicInteger told = new AtomicInteger();
        here().heard();
        Lease reader = taken(here().locks.readWriteLock(name).read().tryAcquire(Duration.ofSeconds(1)))
                .keepRenewed()
                .onLost(lease -> told.incrementAndGet());
        assertThat(there().locks.forceRelease(Key.parse(name))).isTrue();
        await().untilAtomic(told, org.hamcrest.Matchers.is(1));
        assertThat(reader.isHeld()).isFalse();
        assertThat(here().heard())
                .filteredOn(one -> one instanceof Observation.LockEnded)
                .extracting(one -> ((Observation.LockEnded) one).kind())
                .containsExactly(LockKind.READ);
    }

    // Elections

    /** What happens to one who stands for election. */
    final class Diary implements Candidate {
        final BlockingQueue<String> pages = new LinkedBlockingQueue<>();
        volatile long fence;

        @Override
        public void elected(Lease lease) {
            fence = lease.fence();
            pages.add("elected");
        }

        @Override
        public void deposed() {
            pages.add("deposed");
        }
    }

    @Test
    default void oneLeadsAndTheNextOneTakesOver() throws Exception {
        String name = some();
        Diary first = new Diary();
        Diary second = new Diary();
        try (LeaderElection one = here().locks.leaderElection(name, Duration.ofSeconds(5), first)) {
            assertThat(first.pages.take()).isEqualTo("elected");
            assertThat(one.isLeader()).isTrue();
            assertThat(one.lease().orElseThrow().fence()).isEqualTo(first.fence);
            try (LeaderElection two = there().locks.leaderElection(name, Duration.ofSeconds(5), second)) {
                waiting(name, 1);
                assertThat(two.isLeader()).isFalse();
                one.close();
                assertThat(first.pages.take()).isEqualTo("deposed");
                assertThat(one.isLeader()).isFalse();
                assertThat(second.pages.take()).isEqualTo("elected");
                assertThat(second.fence).isGreaterThan(first.fence);
                assertThat(two.isLeader()).isTrue();
                one.close();
            }
            assertThat(second.pages.take()).isEqualTo("deposed");
        }
        assertThat(first.pages).isEmpty();
        assertThat(here().keysWith(name)).containsExactly("{app:lock:" + name + "}:fence");
    }

    @Test
    default void whoLosesTheLeadIsDeposedAndStandsAgain() throws Exception {
        String name = some();
        Diary diary = new Diary();
        try (LeaderElection election = here().locks.leaderElection(name, Duration.ofSeconds(1), diary)) {
            assertThat(diary.pages.take()).isEqualTo("elected");
            long before = diary.fence;
            there().locks.forceRelease(Key.parse(name));
            assertThat(diary.pages.take()).isEqualTo("deposed");
            assertThat(diary.pages.take()).isEqualTo("elected");
            assertThat(diary.fence).isGreaterThan(before);
            assertThat(election.isLeader()).isTrue();
        }
    }

    @Test
    default void aCandidateThatFailsLeavesTheLeadToOthers() throws Exception {
        String name = some();
        Diary diary = new Diary();
        CountDownLatch failed = new CountDownLatch(1);
        Candidate unable = lease -> {
            failed.countDown();
            throw new IllegalArgumentException("not today");
        };
        try (LeaderElection one = here().locks.leaderElection(name, Duration.ofSeconds(5), unable)) {
            failed.await();
            try (LeaderElection two = there().locks.leaderElection(name, Duration.ofSeconds(5), diary)) {
                assertThat(diary.pages.take()).isEqualTo("elected");
                assertThat(one.isLeader()).isFalse();
                assertThat(two.isLeader()).isTrue();
            }
        }
    }

    // A value behind a fence

    /** What is written. */
    record Report(String author, int pages) {}

    @Test
    default void onlyTheNewestFenceWrites() {
        String name = some();
        FencedValue<Report> report = here().locks.fencedValue(name, Report.class);
        assertThat(report.get()).isEmpty();
        Lease slow = taken(here().locks.tryAcquire(name, LONG));
        report.set(slow, new Report("slow", 1));
        report.set(slow, new Report("slow", 2));
        here().locks.forceRelease(Key.parse(name));
        Lease quick = taken(there().locks.tryAcquire(name, LONG));
        report.set(slow, new Report("slow", 3));
        there().locks.fencedValue(name, Report.class).set(quick, new Report("quick", 4));
        assertThatExceptionOfType(LeaseLostException.class)
                .isThrownBy(() -> report.set(slow, new Report("slow", 5)))
                .withMessageContaining(String.valueOf(quick.fence()));
        assertThat(report.get()).contains(new Report("quick", 4));
        assertThat(here().text("HGET", here().keys.lockValue(here().key(name)), "value"))
                .isEqualTo("{\"author\":\"quick\",\"pages\":4}");
    }

    @Test
    default void ofTwoWithTheSameFenceTheFirstWrites() {
        String name = some();
        FencedValue<Integer> value = here().locks.fencedValue(name, Integer.class);
        Lease one = taken(here().locks.tryAcquire(name, LONG));
        value.set(one, 1);
        // A failover forgot it, and gave the same fence to another one.
        here().number("HSET", here().keys.lockValue(here().key(name)), "owner", "another");
        assertThatExceptionOfType(LeaseLostException.class).isThrownBy(() -> value.set(one, 2));
        assertThat(value.get()).contains(1);
    }
}
