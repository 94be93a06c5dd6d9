package io.lumbung.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.error.LeaseLostException;
import io.lumbung.key.Key;
import io.lumbung.lock.Locks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.integration.support.locks.DistributedLock;

/** What {@code java.util.concurrent.locks.Lock} promises, and what its owner must hear when Redis takes the lock away. */
@Timeout(120)
class LumbungLockRegistryIT {
    private static final Key NAME = Key.parse("it:x");

    private static RedisServer server;

    private final String prefix = LockApplication.prefix();
    private final ExecutorService another = Executors.newSingleThreadExecutor();
    private Lumbung lumbung;
    private Locks locks;
    private LumbungLockRegistry registry;

    @BeforeAll
    static void startServer() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void connect() {
        lumbung = connected("10s");
        locks = lumbung.locks();
        registry = new LumbungLockRegistry(locks, Key.parse("it"));
    }

    @AfterEach
    void close() {
        another.shutdownNow();
        lumbung.close();
    }

    @Test
    void theThreadThatHasItMayTakeItAgainAndOnlyTheLastUnlockGivesItBack() throws Exception {
        DistributedLock lock = registry.obtain("x");
        lock.lock();
        assertThat(lock.tryLock()).isTrue();
        assertThat(registry.obtain("x").tryLock(0, TimeUnit.SECONDS)).isTrue();
        lock.lockInterruptibly();
        for (int left = 4; left > 0; left--) {
            assertThat(held()).isTrue();
            assertThat((boolean) onAnotherThread(lock::tryLock)).isFalse();
            registry.obtain("x").unlock();
        }
        assertThat(held()).isFalse();
        assertThat((boolean) onAnotherThread(lock::tryLock)).isTrue();
        assertThat(lock.tryLock()).isFalse();
    }

    @Test
    void whoWaitsGetsItWhenItIsUnlocked() throws Exception {
        DistributedLock lock = registry.obtain("x");
        List<String> order = new ArrayList<>();
        lock.lock();
        CompletableFuture<Void> waiter = CompletableFuture.runAsync(
                () -> {
                    lock.lock();
                    order.add("second");
                    lock.unlock();
                },
                another);
        await().until(() -> locks.state(NAME).waiting() == 1);
        order.add("first");
        lock.unlock();

        waiter.get(60, TimeUnit.SECONDS);
        assertThat(order).containsExactly("first", "second");
        assertThat(held()).isFalse();
    }

    @Test
    void whoWaitsForATimeGetsItOrIsTold() throws Exception {
        DistributedLock lock = registry.obtain("x");
        lock.lock();
        assertThat(onAnotherThread(() -> lock.tryLock(50, TimeUnit.MILLISECONDS)))
                .isFalse();
        assertThat(onAnotherThread(() -> lock.tryLock(-1, TimeUnit.SECONDS))).isFalse();
        CompletableFuture<Boolean> waiter = laterOnAnotherThread(() -> lock.tryLock(Long.MAX_VALUE, TimeUnit.DAYS));
        await().until(() -> locks.state(NAME).waiting() == 1);
        lock.unlock();
        assertThat(waiter.get(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void whoWaitsInterruptiblyStopsAndWhoDoesNotKeepsTheFlag() throws Exception {
        DistributedLock lock = registry.obtain("x");
        lock.lock();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread interruptible = waiting(() -> {
            try {
                lock.lockInterruptibly();
            } catch (InterruptedException e) {
                thrown.set(e);
            }
        });
        interruptible.interrupt();
        await().until(() -> !interruptible.isAlive());
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(locks.state(NAME).waiting()).isZero();

        AtomicBoolean flag = new AtomicBoolean();
        Thread stubborn = waiting(() -> {
            lock.lock();
            flag.set(Thread.currentThread().isInterrupted());
            lock.unlock();
        });
        stubborn.interrupt();
        await().until(() -> !stubborn.isInterrupted());
        await().until(() -> locks.state(NAME).waiting() == 1);
        lock.unlock();
        await().until(() -> !stubborn.isAlive());
        assertThat(flag).isTrue();
        assertThat(held()).isFalse();
    }

    @Test
    void whoIsInterruptedAlreadyDoesNotTakeItAgainEither() {
        DistributedLock lock = registry.obtain("x");
        lock.lock();
        Thread.currentThread().interrupt();
        assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lock.tryLock(1, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        lock.lock();
        assertThat(Thread.interrupted()).isTrue();
        lock.unlock();
        lock.unlock();
        assertThat(held()).isFalse();
    }

    @Test
    void aStrangerCannotUnlockIt() throws Exception {
        DistributedLock lock = registry.obtain("x");
        assertThatThrownBy(lock::unlock)
                .isInstanceOf(IllegalMonitorStateException.class)
                .hasMessage("lock it:x is not held by this thread");
        lock.lock();
        assertThatThrownBy(() -> onAnotherThread(() -> {
                    lock.unlock();
                    return null;
                }))
                .hasRootCauseInstanceOf(IllegalMonitorStateException.class);
        assertThat(held()).isTrue();
        lock.unlock();
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    void whoseLockWasLostHearsItWhenUnlockingAndWhenTakingItAgain() {
        try (Lumbung quick = connected("300ms")) {
            DistributedLock lock = new LumbungLockRegistry(quick.locks(), Key.parse("it")).obtain("x");
            lock.lock();
            lock.lock();
            locks.forceRelease(NAME);
            await().pollInSameThread().until(() -> {
                try {
                    lock.lock();
                    lock.unlock();
                    return false;
                } catch (LeaseLostException e) {
                    return true;
                }
            });
            assertThatThrownBy(lock::tryLock).isInstanceOf(LeaseLostException.class);

            assertThatThrownBy(lock::unlock)
                    .isInstanceOf(LeaseLostException.class)
                    .hasMessageContaining("lock it:x was lost before it was unlocked");
            assertThatThrownBy(lock::unlock).isInstanceOf(LeaseLostException.class);
            assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
            assertThat(lock.tryLock()).as("a new beginning").isTrue();
            lock.unlock();
        }
    }

    @Test
    void itIsKeptRenewedUnlessItWasTakenForATimeOfItsOwn() throws Exception {
        try (Lumbung quick = connected("300ms")) {
            LumbungLockRegistry kept = new LumbungLockRegistry(quick.locks(), Key.parse("it"));
            kept.obtain("x").lock();
            DistributedLock bounded = kept.obtain("y");
            bounded.lock(Duration.ofMillis(900));
            assertThat(kept.obtain("z").tryLock(Duration.ZERO, Duration.ofMillis(900)))
                    .isTrue();
            await().until(() -> !exists("y") && !exists("z"));
            assertThat(held()).as("three times its ttl later").isTrue();
            kept.obtain("x").unlock();
            assertThatThrownBy(bounded::unlock).isInstanceOf(LeaseLostException.class);
        }
    }

    @Test
    void itsOwnerMayRenewIt() {
        assertThatThrownBy(() -> registry.renewLock("x")).isInstanceOf(IllegalMonitorStateException.class);
        registry.obtain("x").lock(Duration.ofSeconds(30));
        registry.renewLock("x", Duration.ofMinutes(10));
        assertThat((Long) server.command("PTTL", prefix + ":lock:it:x")).isGreaterThan(300_000L);
        registry.renewLock("x");
        assertThat((Long) server.command("PTTL", prefix + ":lock:it:x")).isLessThanOrEqualTo(30_000L);

        locks.forceRelease(NAME);
        assertThatThrownBy(() -> registry.renewLock("x")).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void keysAreEncodedPartsOfTheName() {
        for (String key : List.of("a:b", "{x}", "*")) {
            DistributedLock lock = registry.obtain(key);
            lock.lock();
            assertThat(server.command("EXISTS", prefix + ":lock:" + Key.of("it", key)))
                    .isEqualTo(1L);
            assertThat(lock).hasToString("lock " + Key.of("it", key));
            lock.unlock();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> registry.obtain(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> registry.obtain(new Object()));
    }

    @Test
    void worksUnderALockForSpringIntegration() throws Exception {
        assertThat(registry.executeLocked("x", () -> held())).isTrue();
        assertThat(held()).isFalse();
        registry.obtain("x").lock();
        assertThatThrownBy(() -> onAnotherThread(() -> {
                    registry.executeLocked("x", Duration.ofMillis(20), () -> true);
                    return null;
                }))
                .hasRootCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void springIntegrationsLeaderResignsWhenItsLockIsTaken() throws Exception {
        CompletableFuture<Void> granted = new CompletableFuture<>();
        CompletableFuture<Void> revoked = new CompletableFuture<>();
        try (Lumbung quick = connected("300ms")) {
            LockRegistryLeaderInitiator initiator = new LockRegistryLeaderInitiator(
                    new LumbungLockRegistry(quick.locks(), Key.parse("it")), new DefaultCandidate("me", "x") {
                        @Override
                        public void onGranted(Context context) {
                            granted.complete(null);
                        }

                        @Override
                        public void onRevoked(Context context) {
                            revoked.complete(null);
                        }
                    });
            initiator.setHeartBeatMillis(20);
            initiator.start();
            granted.get(60, TimeUnit.SECONDS);
            locks.forceRelease(NAME);
            revoked.get(60, TimeUnit.SECONDS);
            initiator.stop();
            await().until(() -> !held());
        }
    }

    @Test
    void thereAreNoConditions() {
        assertThatThrownBy(() -> registry.obtain("x").newCondition()).isInstanceOf(UnsupportedOperationException.class);
    }

    private Lumbung connected(String ttl) {
        return Lumbung.connect(LumbungConfig.builder()
                .url(server.url())
                .set("lumbung.key-prefix", prefix)
                .set("lumbung.lock.ttl", ttl)
                // A busy machine must not look like a Redis that is down.
                .set("lumbung.lock.deadline", "3s")
                .set("lumbung.redis.start-timeout", "60s")
                .set("lumbung.redis.connect-timeout", "30s")
                .build());
    }

    private boolean held() {
        return exists("x");
    }

    private boolean exists(String key) {
        return Long.valueOf(1).equals(server.command("EXISTS", prefix + ":lock:it:" + key));
    }

    private Thread waiting(Runnable work) {
        Thread waiter = new Thread(work);
        waiter.start();
        await().until(() -> locks.state(NAME).waiting() == 1);
        return waiter;
    }

    private interface Step<T> {
        T take() throws Exception;
    }

    private <T> T onAnotherThread(Step<T> step) throws Exception {
        return laterOnAnotherThread(step).get(60, TimeUnit.SECONDS);
    }

    private <T> CompletableFuture<T> laterOnAnotherThread(Step<T> step) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return step.take();
                    } catch (RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                another);
    }
}
