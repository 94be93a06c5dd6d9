package io.lumbung.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lumbung.error.LeaseLostException;
import io.lumbung.error.LockNotAcquiredException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.key.Key;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.LockAnswer;
import io.lumbung.observe.Observation.LockEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What locks promise, whatever Redis they stand on. Every test has locks of its own. */
@Timeout(60)
interface LockContract {
    Duration LONG = Duration.ofSeconds(30);
    Duration BRIEF = Duration.ofMillis(100);

    /** This process. */
    LockBench here();

    /** Another process on the same Redis. */
    LockBench there();

    private static String some() {
        return "l" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
    }

    private DistributedLock lock(String name) {
        return here().locks.lock(name);
    }

    private DistributedLock other(String name) {
        return there().locks.lock(name);
    }

    private static Lease taken(Optional<Lease> lease) {
        assertThat(lease).isPresent();
        return lease.get();
    }

    /** Does it on a thread of its own. */
    private static <T> FutureTask<T> begin(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        LockBench.daemon(task, "contract").start();
        return task;
    }

    private void waiting(String name, int howMany) {
        await().until(() -> here().waiting(name) == howMany);
    }

    // Taking and giving back

    @Test
    default void oneHoldsIt() {
        String name = some();
        Lease lease = taken(lock(name).tryAcquire(LONG));
        assertThat(lease.isHeld()).isTrue();
        assertThat(lease.lock()).isEqualTo(Key.parse(name));
        assertThat(lease.remaining()).isBetween(Duration.ofSeconds(20), Duration.ofMillis(29_700));
        assertThat(other(name).tryAcquire(LONG)).isEmpty();
        assertThat(lock(name).tryAcquire(LONG)).as("not by thread, either").isEmpty();

        assertThat(lease.release()).isTrue();
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.remaining()).isZero();
        assertThat(lease.release()).as("again").isFalse();
        assertThat(other(name).tryAcquire(LONG)).isPresent();
    }

    @Test
    default void theKeyIsAPlainStringThatEndsByItself() {
        String name = some();
        Lease lease = taken(lock(name).tryAcquire(LONG));
        assertThat(here().text("GET", here().key(name))).isEqualTo(lease.owner() + '|' + lease.fence());
        assertThat(here().number("PTTL", here().key(name))).isBetween(20_000L, 30_000L);
        assertThat(here().key(name).text()).isEqualTo("app:lock:" + name);
        lease.release();
        assertThat(here().keysWith(name)).containsExactly("{app:lock:" + name + "}:fence");
        assertThat(here().number("PTTL", here().keys.lockFence(here().key(name))))
                .isBetween(3_500_000L, 3_600_000L);
    }

    @Test
    default void whatEndedByItselfIsFree() {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(BRIEF));
        Lease second = await().until(() -> other(name).tryAcquire(LONG), Optional::isPresent)
                .orElseThrow();
        assertThat(first.isHeld()).isFalse();
        assertThat(first.release()).isFalse();
        assertThat(second.isHeld()).isTrue();
        assertThat(here().text("GET", here().key(name))).startsWith(second.owner());
    }

    @Test
    default void nobodyGivesBackWhatAnotherHolds() {
        String name = some();
        Lease lease = taken(lock(name).tryAcquire(LONG));
        here().text("SET", here().key(name), "somebody else's", "PX", 30_000);
        assertThat(lease.release()).isFalse();
        assertThat(here().text("GET", here().key(name))).isEqualTo("somebody else's");
    }

    @Test
    default void locksOfOtherLanguagesExcludeOurs() throws Exception {
        String name = some();
        assertThat(here().setNx(name, "5d2c-python", Duration.ofMillis(600))).isTrue();
        assertThat(lock(name).tryAcquire(LONG)).isEmpty();
        LockState state = here().locks.state(Key.parse(name));
        assertThat(state.held()).isTrue();
        assertThat(state.owner()).isEmpty();
        assertThat(state.fence()).isEmpty();
        assertThat(state.expiresIn()).isPresent();
        Lease lease = taken(lock(name).acquire(LONG, LONG));
        assertThat(here().setNx(name, "6e3d-node", LONG)).as("and ours theirs").isFalse();
        lease.release();
        assertThat(here().setNx(name, "7f4e-go", LONG)).isTrue();
    }

    @Test
    default void aForeignLockWithoutAnEndIsWaitedFor() throws Exception {
        String name = some();
        here().text("SET", here().key(name), "for ever");
        assertThat(lock(name).acquire(LONG, Duration.ofMillis(50))).isEmpty();
        FutureTask<Optional<Lease>> waiter = begin(() -> lock(name).acquire(LONG, LONG));
        waiting(name, 1);
        here().number("DEL", here().key(name));
        assertThat(waiter.get()).isPresent();
    }

    @Test
    default void aNameIsOneKindOfLock() {
        String name = some();
        Lease permit = taken(here().locks.semaphore(name, 2).tryAcquire(LONG));
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> lock(name).tryAcquire(LONG));
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> here().locks.readWriteLock(name).read().tryAcquire(LONG));
        permit.release();
        taken(lock(name).tryAcquire(LONG));
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> here().locks.semaphore(name, 2).tryAcquire(LONG));
        assertThat(here().locks.state(Key.parse(name)).owner()).isPresent();
    }

    // The fence

    @Test
    default void everyLeaseHasAGreaterFence() {
        String name = some();
        long last = 0;
        for (int i = 0; i < 20; i++) {
            Lease lease = taken((i % 2 == 0 ? lock(name) : other(name)).tryAcquire(LONG));
            assertThat(lease.fence()).isGreaterThan(last);
            last = lease.fence();
            lease.release();
        }
    }

    @Test
    default void theFenceGrowsThoughItsCounterWasDeleted() {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(LONG));
        here().number("DEL", here().keys.lockFence(here().key(name)));
        first.release();
        assertThat(taken(lock(name).tryAcquire(LONG)).fence()).isGreaterThan(first.fence());
    }

    @Test
    default void theFenceGrowsThoughTheClockWentBack() {
        String name = some();
        StoreKey counter = here().keys.lockFence(here().key(name));
        long ahead = 9_000_000_000_000_000L;
        here().text("SET", counter, String.valueOf(ahead));
        assertThat(taken(lock(name).tryAcquire(LONG)).fence()).isEqualTo(ahead + 1);
        assertThat(here().number("PTTL", counter))
                .as("for as long as the clock is behind")
                .isGreaterThan(1L << 42);
    }

    @Test
    default void aCounterNobodyCanGoBeyondIsAnError() {
        String name = some();
        here().text("SET", here().keys.lockFence(here().key(name)), "9007199254740992");
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> lock(name).tryAcquire(LONG))
                .withMessageContaining("delete it");
        assertThat(here().number("EXISTS", here().key(name))).isZero();
    }

    // Renewing and losing

    @Test
    default void aRenewedLeaseLasts() {
        String name = some();
        Lease lease = taken(lock(name).tryAcquire(Duration.ofSeconds(2)));
        assertThat(lease.renew(LONG)).isTrue();
        assertThat(lease.remaining()).isGreaterThan(Duration.ofSeconds(20));
        assertThat(here().number("PTTL", here().key(name))).isGreaterThan(20_000);
        assertThat(lease.renew()).isTrue();
        assertThat(lease.remaining()).isLessThan(Duration.ofSeconds(2));
        assertThat(here().number("PTTL", here().key(name))).isLessThanOrEqualTo(2_000);
    }

    @Test
    default void whatRedisSaysIsNotOursIsLost() {
        String name = some();
        AtomicReference<Lease> told = new AtomicReference<>();
        Lease lease = taken(lock(name).tryAcquire(LONG)).onLost(told::set);
        assertThat(here().locks.forceRelease(Key.parse(name))).isTrue();
        assertThat(here().locks.forceRelease(Key.parse(name))).isFalse();
        assertThat(lease.isHeld()).as("nobody has told us").isTrue();
        assertThat(lease.renew()).isFalse();
        assertThat(lease.isHeld()).isFalse();
        await().untilAtomic(told, org.hamcrest.Matchers.sameInstance(lease));
        assertThat(lease.renew()).isFalse();
        assertThat(lease.release()).isFalse();
        assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::requireHeld);
        assertThatExceptionOfType(LeaseLostException.class).isThrownBy(lease::again);
    }

    @Test
    default void whoseTimeIsOverIsToldOnce() {
        String name = some();
        AtomicInteger told = new AtomicInteger();
        Lease lease = taken(lock(name).tryAcquire(BRIEF)).onLost(lost -> told.incrementAndGet());
        await().untilAtomic(told, org.hamcrest.Matchers.is(1));
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.renew()).as("lost is lost").isFalse();
        lease.onLost(lost -> told.addAndGet(10));
        assertThat(told).as("who asks later is told at once").hasValue(11);
        assertThat(here().heard())
                .filteredOn(one -> one instanceof Observation.LockEnded)
                .extracting(one -> ((Observation.LockEnded) one).end())
                .contains(LockEnd.LOST);
    }

    @Test
    default void whoReleasedIsNotTold() throws Exception {
        String name = some();
        AtomicInteger told = new AtomicInteger();
        Lease lease = taken(lock(name).tryAcquire(BRIEF))
                .onLost(lost -> told.incrementAndGet())
                .interruptOnLoss();
        lease.release();
        lease.onLost(lost -> told.incrementAndGet()).interruptOnLoss();
        Lease next = taken(lock(name).tryAcquire(BRIEF));
        CountDownLatch later = new CountDownLatch(1);
        next.onLost(lost -> later.countDown());
        later.await();
        assertThat(told).hasValue(0);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    default void whoRenewedForLessIsToldWhenThatIsOver() throws Exception {
        String name = some();
        CountDownLatch told = new CountDownLatch(1);
        Lease lease = taken(lock(name).tryAcquire(LONG)).onLost(lost -> told.countDown());
        assertThat(lease.renew(BRIEF)).isTrue();
        assertThat(told.await(10, TimeUnit.SECONDS)).as("not after 30 s").isTrue();
    }

    @Test
    default void aThreadThatWantsToIsInterruptedOnLoss() {
        String name = some();
        taken(lock(name).tryAcquire(BRIEF)).interruptOnLoss();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> new CountDownLatch(1).await());
    }

    @Test
    default void whatIsKeptRenewedLastsUntilItIsReleased() throws Exception {
        String name = some();
        AtomicInteger told = new AtomicInteger();
        Lease lease = taken(lock(name).tryAcquire(Duration.ofSeconds(1)))
                .keepRenewed()
                .onLost(l -> told.incrementAndGet());
        for (int i = 0; i < 3; i++) {
            Lease clock = taken(lock(some()).tryAcquire(Duration.ofMillis(600)));
            CountDownLatch over = new CountDownLatch(1);
            clock.onLost(l -> over.countDown());
            over.await();
            assertThat(lease.isHeld()).isTrue();
            assertThat(other(name).tryAcquire(LONG)).isEmpty();
        }
        assertThat(lease.release()).isTrue();
        assertThat(told).hasValue(0);
        assertThat(other(name).tryAcquire(LONG)).isPresent();
    }

    @Test
    default void whatIsKeptRenewedAndTakenAwayIsLostSoon() {
        String name = some();
        AtomicInteger told = new AtomicInteger();
        Lease lease = taken(lock(name).tryAcquire(Duration.ofSeconds(1)))
                .keepRenewed()
                .onLost(l -> told.incrementAndGet());
        here().locks.forceRelease(Key.parse(name));
        Lease next = taken(other(name).tryAcquire(LONG));
        await().untilAtomic(told, org.hamcrest.Matchers.is(1));
        assertThat(lease.isHeld()).isFalse();
        assertThat(next.renew()).isTrue();
    }

    // Entering again

    @Test
    default void whoHasTheLeaseEntersAgainWithoutAskingRedis() {
        String name = some();
        Lease outer = taken(lock(name).tryAcquire(LONG));
        here().watched.sent();
        Lease inner = outer.again();
        assertThat(inner.fence()).isEqualTo(outer.fence());
        assertThat(inner.owner()).isEqualTo(outer.owner());
        assertThat(outer.release()).isTrue();
        assertThat(outer.isHeld()).isFalse();
        assertThat(inner.isHeld()).isTrue();
        assertThatExceptionOfType(LeaseLostException.class).isThrownBy(outer::again);
        assertThat(here().watched.sent()).isEmpty();
        assertThat(other(name).tryAcquire(LONG)).isEmpty();
        assertThat(inner.release()).isTrue();
        assertThat(other(name).tryAcquire(LONG)).isPresent();
    }

    // Waiting

    @Test
    default void aWaiterIsWokenAndGetsIt() throws Exception {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(LONG));
        FutureTask<Optional<Lease>> waiter = begin(() -> other(name).acquire(LONG, LONG));
        waiting(name, 1);
        assertThat(waiter.isDone()).isFalse();
        first.release();
        Lease second = taken(waiter.get());
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(here().waiting(name)).isZero();
        second.release();
        assertThat(here().keysWith(name)).containsExactly("{app:lock:" + name + "}:fence");
    }

    @Test
    default void whoCameFirstIsServedFirst() throws Exception {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(LONG));
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<FutureTask<Boolean>> waiters = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            waiters.add(begin(() -> {
                try (Lease lease = taken((number % 2 == 0 ? lock(name) : other(name)).acquire(LONG, LONG))) {
                    return order.add(number);
                }
            }));
            waiting(name, i + 1);
        }
        first.release();
        for (FutureTask<Boolean> waiter : waiters) {
            waiter.get();
        }
        assertThat(order).isSorted().hasSize(20);
    }

    @Test
    default void nobodyPassesThoseWhoWait() throws Exception {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(LONG));
        FutureTask<Optional<Lease>> waiter = begin(() -> other(name).acquire(LONG, LONG));
        waiting(name, 1);
        here().watched.before("lock.release", () -> {});
        first.release();
        // Whether the waiter has come yet or not.
        assertThat(lock(name).tryAcquire(LONG)).isEmpty();
        assertThat(waiter.get()).isPresent();
    }

    @Test
    default void whoWaitedLongEnoughLeavesNothingBehind() throws Exception {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(LONG));
        assertThat(other(name).acquire(LONG, Duration.ofMillis(300))).isEmpty();
        assertThat(here().waiting(name)).isZero();
        assertThat(here().number("ZCARD", here().keys.lockWaiters(here().key(name))))
                .isZero();
        first.release();
        assertThat(lock(name).tryAcquire(LONG)).isPresent();
    }

    @Test
    default void whoIsInterruptedWhileWaitingLeavesNothingBehind() throws Exception {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(LONG));
        AtomicReference<Thread> thread = new AtomicReference<>();
        FutureTask<Optional<Lease>> waiter = begin(() -> {
            thread.set(Thread.currentThread());
            return other(name).acquire(LONG, LONG);
        });
        waiting(name, 1);
        thread.get().interrupt();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(waiter::get)
                .withCauseInstanceOf(InterruptedException.class);
        assertThat(here().waiting(name)).isZero();
        first.release();
        assertThat(lock(name).tryAcquire(LONG)).isPresent();
    }

    @Test
    default void whoIsInterruptedBeforeItAsksGetsNothing() {
        String name = some();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> lock(name).acquire(LONG, LONG));
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> lock(name).acquire(LONG, new Retries(2, BRIEF)));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(lock(name).tryAcquire(LONG)).isPresent();
    }

    @Test
    default void anInterruptedHolderGivesItBack() {
        String name = some();
        Lease lease = taken(lock(name).tryAcquire(LONG));
        Thread.currentThread().interrupt();
        boolean released = lease.release();
        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        assertThat(released).isTrue();
        assertThat(other(name).tryAcquire(LONG)).isPresent();
    }

    @Test
    default void aLostMessageCostsLittle() throws Exception {
        String name = some();
        taken(lock(name).tryAcquire(LONG));
        FutureTask<Optional<Lease>> waiter = begin(() -> other(name).acquire(LONG, LONG));
        waiting(name, 1);
        // Gone without a word.
        here().number("DEL", here().key(name));
        assertThat(waiter.get()).isPresent();
    }

    @Test
    default void whoDiedWaitingIsPassed() throws Exception {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(LONG));
        StoreKey queue = here().keys.lockQueue(here().key(name));
        StoreKey waiters = here().keys.lockWaiters(here().key(name));
        // One that was never heard of again, and came before everybody.
        here().number("ZADD", queue, 1, "dead.1");
        here().number("ZADD", waiters, 1, "dead.1");
        here().number("ZADD", queue, 2, "dead.2");
        FutureTask<Optional<Lease>> waiter = begin(() -> other(name).acquire(LONG, LONG));
        waiting(name, 1);
        first.release();
        assertThat(waiter.get()).isPresent();
    }

    @Test
    default void aQueueWhoseMarkWasLostIsStillKept() throws Exception {
        String name = some();
        Lease first = taken(lock(name).tryAcquire(LONG));
        FutureTask<Optional<Lease>> waiter = begin(() -> other(name).acquire(LONG, LONG));
        waiting(name, 1);
        here().number("DEL", here().keys.lockFence(here().key(name)));
        first.release();
        assertThat(lock(name).tryAcquire(LONG)).isEmpty();
        assertThat(taken(waiter.get()).fence()).isGreaterThan(first.fence());
    }

    // Tries

    @Test
    default void itIsTriedAsOftenAsAsked() throws Exception {
        String name = some();
        taken(other(name).tryAcquire(LONG));
        here().watched.sent();
        assertThat(lock(name).acquire(LONG, new Retries(3, Duration.ofMillis(1))))
                .isEmpty();
        assertThat(here().watched.sent()).hasSize(3);
        assertThat(here().waiting(name)).isZero();
        here().number("DEL", here().key(name));
        assertThat(lock(name).acquire(LONG, new Retries(3, LONG))).isPresent();
    }

    // Scopes

    @Test
    default void workIsDoneInsideAndTheLockIsGivenBack() throws Exception {
        String name = some();
        long fence = lock(name).call(LONG, lease -> {
            assertThat(other(name).tryAcquire(LONG)).isEmpty();
            return lease.fence();
        });
        assertThat(fence).isPositive();
        lock(name).run(LONG, LONG, lease -> assertThat(lease.fence()).isGreaterThan(fence));
        lock(name)
                .run(
                        LONG,
                        new Retries(1, LONG),
                        lease -> assertThat(lease.isHeld()).isTrue());
        assertThatExceptionOfType(java.io.IOException.class)
                .isThrownBy(() -> lock(name).run(LONG, lease -> {
                    throw new java.io.IOException("disk full");
                }))
                .withMessage("disk full");
        assertThat(other(name).tryAcquire(LONG)).isPresent();
    }

    @Test
    default void withoutTheLockTheWorkIsNotBegun() {
        String name = some();
        taken(other(name).tryAcquire(LONG));
        LockedAction<RuntimeException> never = lease -> {
            throw new AssertionError("begun");
        };
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> lock(name).run(LONG, never))
                .withMessage("lock " + name + " is already held");
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> lock(name).run(LONG, Duration.ofMillis(20), never))
                .withMessage("lock " + name + " is already held; waited 20 ms for it");
        assertThatExceptionOfType(LockNotAcquiredException.class)
                .isThrownBy(() -> lock(name).run(LONG, new Retries(3, Duration.ofMillis(1)), never))
                .withMessageStartingWith("failed to acquire lock after 3 retries");
    }

    @Test
    default void workThatOutlivedItsLeaseIsTold() {
        String name = some();
        assertThatExceptionOfType(LeaseLostException.class)
                .isThrownBy(() -> lock(name).run(LONG, lease -> {
                    assertThat(here().locks.forceRelease(Key.parse(name))).isTrue();
                }))
                .withMessageContaining("ended after its lease");
        assertThatExceptionOfType(LeaseLostException.class)
                .isThrownBy(() -> lock(name).run(BRIEF, lease -> await().until(() -> !lease.isHeld())));
    }

    // Once for all

    @Test
    default void aTaskRunsOnceForAllWhoComeAtATime() {
        String name = some();
        AtomicInteger runs = new AtomicInteger();
        Duration tick = Duration.ofMillis(500);
        assertThat(lock(name).runOnce(LONG, tick, lease -> runs.incrementAndGet()))
                .isTrue();
        assertThat(other(name).runOnce(LONG, tick, lease -> runs.incrementAndGet()))
                .isFalse();
        assertThat(lock(name).runOnce(LONG, tick, lease -> runs.incrementAndGet()))
                .isFalse();
        assertThat(here().number("PTTL", here().key(name))).isBetween(1L, 500L);
        await().until(() -> here().number("EXISTS", here().key(name)) == 0);
        assertThat(other(name).runOnce(LONG, Duration.ZERO, lease -> runs.incrementAndGet()))
                .isTrue();
        assertThat(lock(name).runOnce(LONG, Duration.ZERO, lease -> runs.incrementAndGet()))
                .isTrue();
        assertThat(runs).hasValue(3);
    }

    @Test
    default void aTaskThatFailsHoldsItAsLong() {
        String name = some();
        assertThatExceptionOfType(java.io.IOException.class)
                .isThrownBy(() -> lock(name).runOnce(LONG, Duration.ofSeconds(20), lease -> {
                    throw new java.io.IOException("no");
                }));
        assertThat(here().number("PTTL", here().key(name))).isBetween(10_000L, 20_000L);
    }

    // What is seen from outside

    @Test
    default void itsStateIsTold() throws Exception {
        String name = some();
        assertThat(here().locks.state(Key.parse(name)).held()).isFalse();
        Lease lease = taken(lock(name).tryAcquire(LONG));
        FutureTask<Optional<Lease>> waiter = begin(() -> other(name).acquire(LONG, LONG));
        waiting(name, 1);
        LockState state = there().locks.state(Key.parse(name));
        assertThat(state.holders()).isEqualTo(1);
        assertThat(state.owner()).contains(lease.owner());
        assertThat(state.fence()).hasValue(lease.fence());
        assertThat(state.expiresIn()).get().matches(time -> time.compareTo(LONG) <= 0);
        assertThat(state.waiting()).isEqualTo(1);
        assertThat(here().locks.forceRelease(Key.parse(name))).isTrue();
        assertThat(waiter.get()).as("who waits is woken").isPresent();
    }

    @Test
    default void whatHappensIsObserved() throws Exception {
        String name = some();
        here().heard();
        Lease lease = taken(lock(name).tryAcquire(LONG));
        lock(name).tryAcquire(LONG);
        lock(name).acquire(LONG, Duration.ofMillis(1));
        lease.release();
        assertThat(here().heard())
                .extracting(one -> one instanceof Observation.LockAsked asked
                        ? asked.answer()
                        : ((Observation.LockEnded) one).end())
                .containsExactly(LockAnswer.ACQUIRED, LockAnswer.BUSY, LockAnswer.BUSY, LockEnd.RELEASED);
    }

    @Test
    default void oneRoundTripTakesItAndOneGivesItBack() throws Exception {
        String name = some();
        here().watched.sent();
        taken(lock(name).tryAcquire(LONG)).release();
        assertThat(here().watched.sent()).containsExactly("lock.acquire EVALSHA", "lock.release EVALSHA");
        taken(lock(name).acquire(LONG, LONG)).release();
        assertThat(here().watched.sent()).containsExactly("lock.acquire EVALSHA", "lock.release EVALSHA");
    }
}
