package io.lumbung.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.error.LeaseLostException;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Reply;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is easily promised and easily broken, when calls cross, fail, or are used in ways nobody thought of. */
@Timeout(60)
class LockPromisesIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration BRIEF = Duration.ofMillis(200);

    private RedisServer server;
    private FaultProxy proxy;
    private LockBench here;
    private LockBench there;
    private DistributedLock lock;
    private int clocks;

    @BeforeEach
    void start() {
        server = RedisServer.builder().inMemoryOnly().start();
        proxy = FaultProxy.inFrontOf(server);
        here = LockBench.at(proxy.url(), Duration.ofMillis(500));
        there = LockBench.at(server.url());
        lock = here.locks.lock("x");
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> taken(lock.tryAcquire(LONG)).release());
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
        proxy.close();
        server.close();
    }

    private static Lease taken(Optional<Lease> lease) {
        assertThat(lease).isPresent();
        return lease.get();
    }

    private static <T> FutureTask<T> begin(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        LockBench.daemon(task, "promises").start();
        return task;
    }

    /** Lets time pass, as a lease does that nobody gives back. */
    private void pass(Duration time) throws InterruptedException {
        CountDownLatch over = new CountDownLatch(1);
        // Redis counts a little longer than the holder of a lease does: each time another name.
        taken(there.locks.tryAcquire("clock" + clocks++, time)).onLost(lost -> over.countDown());
        over.await();
    }

    private boolean isFree() {
        return there.number("EXISTS", there.key("x")) == 0;
    }

    /** Locks whose observer or whose threads are others than the bench's. */
    private Locks locks(Observer observer, Executor prompt) {
        Kernel k = here.kernel();
        return Locks.on(
                new Kernel(k.cache(), k.state(), k.keys(), k.codec(), observer, k.timer(), k.worker(), prompt),
                LockDefaults.standard());
    }

    // Foreign locks

    @Test
    void theNumbersOfAForeignLockMeanNothing() throws Exception {
        long before = taken(lock.tryAcquire(LONG)).fence();
        for (String foreign : new String[] {
            "host-7|1763654321000000000", "pid|4000000000000000", "host.local|4000000000000000", "|9007199254740991"
        }) {
            there.number("DEL", there.key("x"));
            assertThat(there.setNx("x", foreign, BRIEF)).isTrue();
            Lease lease = taken(lock.acquire(LONG, LONG));
            assertThat(lease.fence() - before).as(foreign).isBetween(1L, 60_000_000L);
        }
    }

    // Renewing

    @Test
    void aKeptLeaseThatWasShortenedStays() throws Exception {
        Lease lease = taken(lock.tryAcquire(LONG)).keepRenewed();
        assertThat(lease.renew(Duration.ofSeconds(1))).isTrue();
        pass(Duration.ofMillis(1_500));
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    void aKeptLeaseThatWasMadeLongerIsNotShortened() throws Exception {
        Lease lease = taken(lock.tryAcquire(Duration.ofMillis(600))).keepRenewed();
        assertThat(lease.renew(LONG)).isTrue();
        pass(Duration.ofMillis(700));
        assertThat(lease.remaining()).isGreaterThan(Duration.ofSeconds(20));
    }

    @Test
    void whatIsOverWhenTheReplyComesIsNotRenewed() {
        Lease lease = taken(lock.tryAcquire(LONG));
        proxy.delay(Duration.ofMillis(130));
        assertThat(lease.renew(Duration.ofMillis(100))).isFalse();
        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    void aRenewalThatFoundNoThreadIsTriedAgain() throws Exception {
        AtomicInteger reject = new AtomicInteger(1);
        Lease kept = taken(locks(Observer.NONE, task -> {
                            if (reject.getAndDecrement() > 0) {
                                throw new RejectedExecutionException("too many tasks");
                            }
                            here.kernel().prompt().execute(task);
                        })
                        .tryAcquire("x", Duration.ofSeconds(1)))
                .keepRenewed();
        pass(Duration.ofMillis(1_500));
        assertThat(kept.isHeld()).isTrue();
    }

    @Test
    void givingBackMuchDoesNotHoldRenewalsUp() throws Exception {
        taken(there.locks.tryAcquire("z", DAY));
        Lease kept = taken(here.locks.tryAcquire("kept", Duration.ofSeconds(3))).keepRenewed();
        proxy.delay(Duration.ofMillis(100));
        for (int i = 0; i < 200; i++) {
            begin(() -> here.locks.semaphore("z", 1).tryAcquire(DAY));
        }
        pass(Duration.ofSeconds(5));
        assertThat(kept.isHeld()).isTrue();
    }

    @Test
    void permitsAndWritersLastOnAFullServer() {
        Lease permit = taken(here.locks.semaphore("s", 2).tryAcquire(LONG));
        Lease writer = taken(here.locks.readWriteLock("rw").write().tryAcquire(LONG));
        server.command("CONFIG", "SET", "maxmemory", "1");
        assertThat(permit.renew()).isTrue();
        assertThat(writer.renew()).isTrue();
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> here.locks.semaphore("s", 2).tryAcquire(LONG));
        assertThat(permit.release()).isTrue();
        assertThat(writer.release()).isTrue();
        server.command("CONFIG", "SET", "maxmemory", "0");
    }

    // Tasks that run once

    @Test
    void aRenewalOnItsWayDoesNotKeepATaskLockedForLonger() throws Exception {
        CountDownLatch renewing = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        here.watched.before("lock.renew", () -> {
            renewing.countDown();
            assertThatCode(done::await).doesNotThrowAnyException();
        });
        lock.runOnce(Duration.ofSeconds(3), Duration.ofMillis(2_500), lease -> renewing.await());
        here.watched.sent();
        done.countDown();
        await().until(() -> here.watched.sent().contains("lock.renew EVALSHA"));
        assertThat(there.number("PTTL", there.key("x"))).isLessThan(2_500);
    }

    @Test
    void aTaskWhoseLockWasLostSaysSo() {
        assertThatExceptionOfType(LeaseLostException.class)
                .isThrownBy(() -> lock.runOnce(LONG, Duration.ZERO, lease -> there.locks.forceRelease("x")));
    }

    @Test
    void whatOutlivesATaskKeepsItLockedAsLong() {
        AtomicReference<Lease> more = new AtomicReference<>();
        assertThat(lock.runOnce(LONG, Duration.ofSeconds(20), lease -> more.set(lease.again())))
                .isTrue();
        more.get().release();
        assertThat(there.number("PTTL", there.key("x"))).isBetween(1L, 20_000L);
    }

    // Work under a lock

    @Test
    void whoGivesBackInsideAScopeHoldsUntilItsEnd() {
        lock.run(LONG, lease -> {
            lease.release();
            assertThat(there.locks.tryAcquire("x", LONG)).isEmpty();
        });
        assertThat(isFree()).isTrue();
    }

    @Test
    void theInterruptOfALossEndsWithTheWork() {
        assertThatExceptionOfType(LeaseLostException.class)
                .isThrownBy(() -> lock.run(BRIEF, lease -> {
                    lease.interruptOnLoss();
                    await().until(() -> !lease.isHeld());
                    while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                    }
                }));
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void workThatFailedBecauseItsLockWasLostSaysSo() {
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> lock.run(BRIEF, lease -> {
                    lease.interruptOnLoss();
                    new CountDownLatch(1).await();
                }))
                .satisfies(e -> assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(LeaseLostException.class));
    }

    @Test
    void theFailureOfTheWorkCountsThoughAllIsClosed() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> lock.run(LONG, lease -> {
                    here.redis.close();
                    throw new IOException("the work's own");
                }))
                .withMessage("the work's own");
    }

    @Test
    void onlyWhoHoldsItAloneWritesItsValue() {
        FencedValue<String> value = here.locks.fencedValue("x", String.class);
        Lease reader = taken(here.locks.readWriteLock("x").read().tryAcquire(LONG));
        assertThatIllegalArgumentException().isThrownBy(() -> value.set(reader, "by a reader"));
        reader.release();
        value.set(taken(here.locks.readWriteLock("x").write().tryAcquire(LONG)), "by the writer");
        assertThat(value.get()).contains("by the writer");
    }

    // Giving back later

    @Test
    void aReleaseIsTriedAgainUntilTheLeaseHasRunOut() throws Exception {
        Lease lease = taken(lock.tryAcquire(BRIEF));
        assertThat(lease.renew(Duration.ofMinutes(10))).isTrue();
        proxy.answerAll("EVALSHA", "-LOADING Redis is loading the dataset in memory");
        assertThatExceptionOfType(StoreException.class).isThrownBy(lease::release);
        pass(Duration.ofSeconds(1));
        proxy.heal();
        await().until(this::isFree);
    }

    @Test
    void whatWasNeverSentIsNotGivenBack() throws Exception {
        server.kill();
        await().until(() -> {
            try {
                return lock.tryAcquire(DAY).isEmpty();
            } catch (StoreUnavailableException e) {
                return true;
            } catch (StoreException e) {
                return false;
            }
        });
        for (int i = 0; i < 50; i++) {
            assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> lock.tryAcquire(DAY));
        }
        server.restart(RedisServer.Data.EMPTY);
        await().ignoreExceptionsInstanceOf(StoreException.class)
                .until(() -> taken(there.locks.tryAcquire("y", LONG)).release());
        here.watched.sent();
        pass(Duration.ofMillis(1_200));
        assertThat(here.watched.sent().stream().filter("lock.release EVALSHA"::equals))
                .as("at most that of one whose link was cut")
                .hasSizeLessThan(5);
    }

    @Test
    void whatRedisRefusesIsNotAskedAgain() throws Exception {
        taken(there.locks.tryAcquire("x", LONG));
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> here.locks.semaphore("x", 2).tryAcquire(DAY));
        pass(Duration.ofMillis(700));
        here.watched.sent();
        pass(Duration.ofMillis(1_200));
        assertThat(here.watched.sent()).isEmpty();
    }

    // Waiting

    @Test
    void nobodyPassesAWaiterBehindManyDeadOnes() throws Exception {
        Lease lease = taken(there.locks.tryAcquire("x", LONG));
        FutureTask<Optional<Lease>> waiter = begin(() -> lock.acquire(LONG, LONG));
        await().until(() -> there.waiting("x") == 1);
        Object[] dead = new Object[2_000];
        for (int i = 0; i < 1_000; i++) {
            dead[2 * i] = String.valueOf(i);
            dead[2 * i + 1] = "dead." + i;
        }
        there.ask("ZADD", there.keys.lockQueue(there.key("x")), Reply::number, dead);
        lease.release();
        assertThat(there.locks.tryAcquire("x", LONG)).isEmpty();
        assertThat(waiter.get()).isPresent();
    }

    @Test
    void aDeadWaiterFromBeforeTheClockWentBackIsPassed() {
        String fence = there.text("GET", there.keys.lockFence(there.key("x")));
        there.text("SET", there.keys.lockFence(there.key("x")), fence + "+dead.1");
        there.number("ZADD", there.keys.lockQueue(there.key("x")), "1", "dead.1");
        there.number("ZADD", there.keys.lockWaiters(there.key("x")), "9e15", "dead.1");
        assertThat(lock.tryAcquire(LONG)).isPresent();
    }

    @Test
    void whoseWaitIsOverWhenTheAnswerComesAsksNoMore() throws Exception {
        taken(there.locks.tryAcquire("x", LONG));
        here.watched.sent();
        proxy.delay(Duration.ofMillis(200));
        assertThat(lock.acquire(LONG, Duration.ofMillis(50))).isEmpty();
        // Each further call may take a deadline of its own.
        assertThat(here.watched.sent()).containsExactly("lock.acquire EVALSHA");
    }

    // Observers

    @Test
    void whatAnObserverThrowsIsDropped() throws Exception {
        AtomicBoolean fail = new AtomicBoolean(true);
        CountDownLatch told = new CountDownLatch(1);
        Locks locks = locks(
                observation -> {
                    if (fail.get()) {
                        throw new IllegalArgumentException("the observer's own");
                    }
                },
                here.kernel().prompt());
        taken(locks.tryAcquire("x", BRIEF)).onLost(lost -> told.countDown());
        told.await();
        assertThat(taken(locks.acquire("x", LONG, LONG)).release()).isTrue();
    }

    // Elections, and the end

    @Test
    void anElectionThatWasClosedGivesTheLeadBack() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger deposed = new AtomicInteger();
        LeaderElection election = here.locks.leaderElection("x", Duration.ofSeconds(1), new Candidate() {
            @Override
            public void elected(Lease lease) {
                began.countDown();
                while (go.getCount() > 0) {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        // Does not care to be interrupted.
                        go.countDown();
                    }
                }
            }

            @Override
            public void deposed() {
                deposed.incrementAndGet();
            }
        });
        began.await();
        election.close();
        assertThat(election.isLeader()).isFalse();
        assertThat(deposed).hasValue(1);
        await().until(this::isFree);
    }

    @Test
    void anErrorOfACandidateDoesNotEndTheElection() throws Exception {
        CountDownLatch elected = new CountDownLatch(2);
        try (LeaderElection election = here.locks.leaderElection("x", Duration.ofSeconds(1), lease -> {
            elected.countDown();
            if (elected.getCount() == 1) {
                throw new NoClassDefFoundError("once");
            }
        })) {
            elected.await();
            await().until(election::isLeader);
        }
    }

    @Test
    void electionsThatAreSlowToEndAreEndedTogether() throws Exception {
        CountDownLatch leading = new CountDownLatch(5);
        CountDownLatch all = new CountDownLatch(5);
        for (int i = 0; i < 5; i++) {
            here.locks.leaderElection("e" + i, LONG, new Candidate() {
                @Override
                public void elected(Lease lease) {
                    leading.countDown();
                }

                @Override
                public void deposed() {
                    all.countDown();
                    // Would wait for ever if they were deposed one after the other.
                    assertThatCode(all::await).doesNotThrowAnyException();
                }
            });
        }
        leading.await();
        here.locks.close();
        assertThat(all.getCount()).isZero();
    }

    @Test
    void closingEndsRenewalsAndWaiting() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        Lease kept = taken(here.locks.tryAcquire("kept", Duration.ofSeconds(1)))
                .keepRenewed()
                .onLost(lost -> told.countDown());
        taken(there.locks.tryAcquire("x", LONG));
        FutureTask<Optional<Lease>> waiter = begin(() -> lock.acquire(LONG, LONG));
        await().until(() -> there.waiting("x") == 1);
        here.locks.close();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(waiter::get)
                .withCauseInstanceOf(IllegalStateException.class);
        assertThatIllegalStateException().isThrownBy(() -> lock.tryAcquire(LONG));
        told.await();
        assertThat(kept.isHeld()).isFalse();
        await().until(() -> there.waiting("x") == 0);
    }
}
