package io.lumbung.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lumbung.Outage;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.Cut;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.error.StoreTimeoutException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.key.Key;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.LockAnswer;
import io.lumbung.observe.Observation.LockEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis goes away, says no, answers late, or loses its memory: a holder knows, and nothing is held for nobody. */
@Timeout(90)
class LockOutageIT {
    private static final Duration DEADLINE = Duration.ofMillis(500);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration DAY = Duration.ofHours(24);

    private RedisServer server;
    private FaultProxy proxy;
    private LockBench here;
    private LockBench there;
    private DistributedLock lock;

    @BeforeEach
    void start() {
        server = RedisServer.builder().config("appendfsync", "always").start();
        proxy = FaultProxy.inFrontOf(server);
        here = LockBench.at(proxy.url(), DEADLINE);
        there = LockBench.at(server.url());
        lock = here.locks.lock("x");
        // Until every script is known and a busy machine answers in time.
        eventually(() -> taken(lock.tryAcquire(LONG)).release());
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
        proxy.close();
        server.close();
    }

    private static void eventually(BooleanSupplier what) {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(what::getAsBoolean);
    }

    private static Lease taken(Optional<Lease> lease) {
        assertThat(lease).isPresent();
        return lease.get();
    }

    private FutureTask<Optional<Lease>> waiter() {
        FutureTask<Optional<Lease>> task = new FutureTask<>(() -> lock.acquire(LONG, LONG));
        LockBench.daemon(task, "waiter").start();
        await().until(() -> there.waiting("x") == 1);
        return task;
    }

    private boolean isFree() {
        return there.number("EXISTS", there.key("x")) == 0 && there.waiting("x") == 0;
    }

    /** Every call there is, by its name. */
    private Map<String, ThrowingCallable> calls() {
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("tryAcquire", () -> lock.tryAcquire(LONG));
        calls.put("acquire", () -> lock.acquire(LONG, LONG));
        calls.put("tries", () -> lock.acquire(LONG, new Retries(100, Duration.ofMinutes(1))));
        calls.put(
                "run",
                () -> lock.run(LONG, lease -> {
                    throw new AssertionError("begun");
                }));
        calls.put(
                "runOnce",
                () -> lock.runOnce(LONG, LONG, lease -> {
                    throw new AssertionError("begun");
                }));
        calls.put("read", () -> here.locks.readWriteLock("r").read().tryAcquire(LONG));
        calls.put("permit", () -> here.locks.semaphore("s", 2).acquire(LONG, LONG));
        calls.put("available", () -> here.locks.semaphore("s", 2).available());
        calls.put("state", () -> here.locks.state(Key.parse("x")));
        calls.put("forceRelease", () -> here.locks.forceRelease(Key.parse("x")));
        calls.put("value", () -> here.locks.fencedValue("x", String.class).get());
        return calls;
    }

    @ParameterizedTest
    @EnumSource
    void everyCallSaysThatRedisDoesNotAnswer(Outage outage) {
        outage.begin(server);
        for (int round = 0; round < 2; round++) {
            calls().forEach((name, call) -> {
                long began = System.nanoTime();
                assertThatExceptionOfType(StoreException.class)
                        .as(name)
                        .isThrownBy(call)
                        .satisfies(e -> assertThat(e.outcome())
                                .isEqualTo(
                                        e instanceof StoreUnavailableException ? Outcome.NOT_DONE : Outcome.UNKNOWN));
                assertThat((System.nanoTime() - began) / 1_000_000).as(name).isLessThan(5_000);
            });
        }
        outage.end(server);
        // What a paused server did when it went on is given back.
        eventually(this::isFree);
        eventually(() -> taken(lock.tryAcquire(LONG)).release());
        eventually(() -> here.locks.semaphore("s", 2).available() == 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOADING Redis is loading the dataset in memory",
                "NOREPLICAS Not enough good replicas to write.",
                "MASTERDOWN Link with MASTER is down"
            })
    void whatTheServerCannotDoNowIsUnavailable(String error) {
        refusing(error, StoreUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OOM command not allowed when used memory > 'maxmemory'.",
                "MISCONF Redis is configured to save RDB snapshots",
                "NOPERM this user has no permissions to run the 'evalsha' command"
            })
    void whatTheServerMayNotDoIsRefused(String error) {
        refusing(error, StoreRefusedException.class);
    }

    /** Links to it are cut, so that it is not always certain what became of a call. */
    @Test
    void aServerThatIsNoMasterAnyMoreGrantsNothing() {
        refusing("READONLY You can't write against a read only replica.", StoreException.class);
    }

    private void refusing(String error, Class<? extends StoreException> expected) {
        List.of("EVALSHA", "HGET").forEach(command -> proxy.answerAll(command, "-" + error));
        calls().forEach((name, call) ->
                assertThatExceptionOfType(expected).as(name).isThrownBy(call));
        proxy.heal();
        eventually(() -> taken(lock.tryAcquire(LONG)).release());
        assertThat(there.waiting("x")).isZero();
    }

    @Test
    void aFullServerTakesLocksBackAndLetsThemLast() {
        Lease lease = taken(lock.tryAcquire(LONG));
        Lease permit = taken(here.locks.semaphore("s", 2).tryAcquire(LONG));
        server.command("CONFIG", "SET", "maxmemory", "1");
        server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
        assertThat(lease.renew()).isTrue();
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> here.locks.lock("y").tryAcquire(LONG));
        assertThat(lease.release()).isTrue();
        assertThat(permit.release()).isTrue();
        server.command("CONFIG", "SET", "maxmemory", "0");
        assertThat(here.locks.lock("y").tryAcquire(LONG)).isPresent();
    }

    // Holding

    @ParameterizedTest
    @EnumSource
    void aHolderWhoCannotRenewKnowsWhenItIsLost(Outage outage) throws Exception {
        BlockingQueue<Long> told = new LinkedBlockingQueue<>();
        Duration ttl = Duration.ofSeconds(2);
        long before = System.nanoTime();
        Lease lease = taken(lock.tryAcquire(ttl)).keepRenewed().onLost(lost -> told.add(System.nanoTime()));
        outage.begin(server);
        long began = System.nanoTime();
        Long lost = told.take();
        // Not before its time, which was renewed some time before the outage began at the earliest when it was taken.
        assertThat(lost - before).isGreaterThanOrEqualTo(Hold.certain(ttl));
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.renew()).isFalse();
        System.out.printf("%s: told after %d ms, ttl %s%n", outage, (lost - began) / 1_000_000, ttl);
        outage.end(server);
        // What a paused server hears at last does not bring it back, and what it still has is given back.
        eventually(() -> there.number("EXISTS", there.key("x")) == 0);
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.release()).isFalse();
        eventually(() -> taken(lock.tryAcquire(LONG)).release());
    }

    @Test
    void aShortPauseDoesNotCostTheLock() {
        AtomicLong told = new AtomicLong();
        Lease lease =
                taken(lock.tryAcquire(Duration.ofSeconds(10))).keepRenewed().onLost(lost -> told.incrementAndGet());
        here.watched.sent();
        Outage.PAUSED.begin(server);
        await().until(() -> here.watched.sent().contains("lock.renew EVALSHA"));
        Outage.PAUSED.end(server);
        eventually(lease::renew);
        assertThat(lease.isHeld()).isTrue();
        assertThat(told).hasValue(0);
        assertThat(there.text("GET", there.key("x"))).isEqualTo(lease.owner() + '|' + lease.fence());
        eventually(lease::release);
    }

    @Test
    void aServerThatForgotALockIsFoundOutAtOnce() throws Exception {
        CountDownLatch told = new CountDownLatch(2);
        Lease kept = taken(lock.tryAcquire(DAY)).keepRenewed().onLost(lost -> told.countDown());
        Lease watched = taken(here.locks.lock("y").tryAcquire(DAY)).onLost(lost -> told.countDown());
        server.restart(RedisServer.Data.EMPTY);
        // Its next renewal would be hours away.
        told.await();
        assertThat(kept.isHeld()).isFalse();
        assertThat(watched.isHeld()).isFalse();
        eventually(() -> {
            Lease next = taken(there.locks.lock("x").tryAcquire(LONG));
            assertThat(next.fence()).as("though the counter is gone").isGreaterThan(kept.fence());
            return next.release();
        });
    }

    @Test
    void whatIsStillOursAfterAnOutageStays() {
        Lease kept = taken(lock.tryAcquire(DAY)).keepRenewed();
        Lease watched = taken(here.locks.lock("y").tryAcquire(DAY)).onLost(lost -> {});
        here.watched.sent();
        server.restart(RedisServer.Data.KEEP);
        List<String> sent = new ArrayList<>();
        await().until(() -> {
            sent.addAll(here.watched.sent());
            return Collections.frequency(sent, "lock.look GET") >= 2;
        });
        eventually(kept::renew);
        assertThat(watched.isHeld()).isTrue();
        assertThat(watched.renew()).isTrue();
    }

    // Giving back

    @ParameterizedTest
    @EnumSource
    void whatCouldNotBeGivenBackIsGivenBackLater(Outage outage) {
        Lease one = taken(lock.tryAcquire(DAY));
        Lease two = taken(here.locks.lock("y").tryAcquire(DAY));
        outage.begin(server);
        assertThatExceptionOfType(StoreException.class).isThrownBy(one::release);
        two.close();
        assertThat(one.isHeld()).isFalse();
        outage.end(server);
        eventually(() -> there.number("EXISTS", there.key("x")) == 0);
        eventually(() -> there.number("EXISTS", there.key("y")) == 0);
    }

    @Test
    void workWhoseLockCannotBeGivenBackIsDoneAllTheSame() {
        String done = lock.call(LONG, lease -> {
            Outage.KILLED.begin(server);
            return "done";
        });
        assertThat(done).isEqualTo("done");
        Outage.KILLED.end(server);
        eventually(this::isFree);
    }

    // Waiting

    @ParameterizedTest
    @EnumSource
    void whoWaitsIsToldAndLeavesNothingBehind(Outage outage) {
        Lease holder = taken(there.locks.lock("x").tryAcquire(LONG));
        FutureTask<Optional<Lease>> waiter = waiter();
        outage.begin(server);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(waiter::get)
                .withCauseInstanceOf(StoreException.class);
        outage.end(server);
        eventually(() -> there.waiting("x") == 0);
        eventually(holder::release);
        eventually(this::isFree);
    }

    @Test
    void whoseWakeUpIsLostLooksByItself() throws Exception {
        Lease holder = taken(there.locks.lock("x").tryAcquire(LONG));
        FutureTask<Optional<Lease>> waiter = waiter();
        proxy.dropPushes(true);
        holder.release();
        assertThat(taken(waiter.get()).isHeld()).isTrue();
    }

    @Test
    void whoIsInterruptedWhileRedisIsSilentGoes() {
        Outage.PAUSED.begin(server);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(StoreTimeoutException.class).isThrownBy(() -> lock.tryAcquire(DAY));
        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        FutureTask<Optional<Lease>> task = new FutureTask<>(() -> lock.acquire(DAY, LONG));
        Thread thread = LockBench.daemon(task, "waiter");
        here.watched.before("lock.acquire", thread::interrupt);
        thread.start();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(task::get)
                .withCauseInstanceOf(InterruptedException.class);
        Outage.PAUSED.end(server);
        eventually(this::isFree);
    }

    // Replies that are lost or late

    @ParameterizedTest
    @EnumSource
    void whatWasTakenThoughTheReplyWasLostIsTakenOnce(Cut cut) {
        proxy.cutAfterExecution("EVALSHA", 1, cut);
        Lease lease = taken(lock.tryAcquire(LONG));
        assertThat(there.text("GET", there.key("x"))).isEqualTo(lease.owner() + '|' + lease.fence());
        assertThat(lease.isHeld()).isTrue();
        eventually(lease::renew);
        proxy.forgetCommands();
        proxy.cutAfterExecution("EVALSHA", 1, cut);
        assertThat(lease.renew()).isTrue();
        eventually(lease::renew);
        here.heard();
        proxy.forgetCommands();
        proxy.cutAfterExecution("EVALSHA", 1, cut);
        assertThat(lease.release()).as("it was ours until then").isTrue();
        assertThat(here.heard())
                .extracting(one -> ((Observation.LockEnded) one).end())
                .containsExactly(LockEnd.RELEASED);
        eventually(this::isFree);
    }

    @ParameterizedTest
    @EnumSource
    void permitsWhoseReplyWasLostAreTakenOnce(Cut cut) {
        Semaphore semaphore = here.locks.semaphore("s", 5);
        eventually(() -> taken(semaphore.tryAcquire(LONG)).release());
        proxy.forgetCommands();
        proxy.cutAfterExecution("EVALSHA", 1, cut);
        Lease lease = taken(semaphore.of(2).tryAcquire(LONG));
        eventually(() -> semaphore.available() == 3);
        proxy.forgetCommands();
        proxy.cutAfterExecution("EVALSHA", 1, cut);
        assertThat(lease.release()).isTrue();
        eventually(() -> semaphore.available() == 5);
    }

    @Test
    void anAnswerThatCameTooLateIsGivenBack() {
        here.heard();
        proxy.stallReplies();
        assertThatExceptionOfType(StoreTimeoutException.class).isThrownBy(() -> here.locks.tryAcquire("late", DAY));
        assertThat(there.number("EXISTS", there.keys.lockFence(there.key("late"))))
                .as("it was taken")
                .isEqualTo(1);
        assertThat(here.heard())
                .extracting(one -> ((Observation.LockAsked) one).answer())
                .containsExactly(LockAnswer.FAILED);
        proxy.flow();
        eventually(() -> there.number("EXISTS", there.key("late")) == 0);
    }

    @Test
    void aLeaseThatIsHalfOverWhenTheAnswerComesIsNotHandedOut() {
        proxy.delay(Duration.ofMillis(150));
        assertThatExceptionOfType(StoreTimeoutException.class)
                .isThrownBy(() -> lock.tryAcquire(Duration.ofMillis(250)))
                .withMessageContaining("more than half of its ttl of 250 ms");
        eventually(this::isFree);
        Lease lease = taken(lock.tryAcquire(Duration.ofSeconds(20)));
        assertThat(lease.isHeld()).isTrue();
    }
}
