package io.lumbung.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.lumbung.codec.JsonCodec;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Redis;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What is wrong is told before anything is sent, with the value, the limit and the fix. */
class LockInputTest {
    private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(1);
    private static final Duration USUAL = Duration.ofSeconds(10);

    /** Whoever asks it anything has sent something. */
    private final Redis redis = (Redis) Proxy.newProxyInstance(
            Redis.class.getClassLoader(), new Class<?>[] {Redis.class}, (proxy, method, args) -> {
                if (method.getName().equals("onRecovery")) {
                    return null;
                }
                throw new AssertionError("sent: " + method.getName());
            });

    private final Locks locks = Locks.on(
            new Kernel(
                    redis, redis, new KeySpace("app"), new JsonCodec(), Observer.NONE, TIMER, task -> {}, task -> {}),
            LockDefaults.standard());

    @AfterAll
    static void stop() {
        TIMER.shutdownNow();
    }

    private static void refused(String text, ThrowingCallable... calls) {
        for (ThrowingCallable call : calls) {
            assertThatIllegalArgumentException().isThrownBy(call).withMessageContaining(text);
        }
    }

    @Test
    void aTtlIsHundredMillisecondsToADay() {
        DistributedLock lock = locks.lock("a");
        for (Duration wrong : List.of(
                Duration.ZERO,
                Duration.ofMillis(-1),
                Duration.ofMillis(99),
                Duration.ofHours(24).plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            refused(
                    "ttl must be 100 ms to 24 h, was " + wrong,
                    () -> lock.tryAcquire(wrong),
                    () -> lock.acquire(wrong, USUAL),
                    () -> lock.acquire(wrong, new Retries(1, USUAL)),
                    () -> lock.run(wrong, lease -> {}),
                    () -> lock.runOnce(wrong, Duration.ZERO, lease -> {}),
                    () -> locks.semaphore("s", 1).tryAcquire(wrong),
                    () -> locks.readWriteLock("r").read().tryAcquire(wrong),
                    () -> locks.leaderElection("e", wrong, lease -> {}),
                    () -> LockDefaults.standard().withTtl(wrong));
        }
        refused("at least 1 s", () -> locks.leaderElection("e", Duration.ofMillis(999), lease -> {}));
    }

    @Test
    void aWaitIsNothingToADay() {
        DistributedLock lock = locks.lock("a");
        for (Duration wrong :
                List.of(Duration.ofNanos(-1), Duration.ofHours(24).plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            refused(
                    "wait for a lock must be 0 to 24 h, was " + wrong,
                    () -> lock.acquire(USUAL, wrong),
                    () -> lock.run(USUAL, wrong, lease -> {}),
                    () -> LockDefaults.standard().withMaxWait(wrong));
        }
        refused(
                "deadline must be above 0 and up to 10 min",
                () -> LockDefaults.standard().withDeadline(Duration.ZERO));
    }

    @Test
    void triesAreOneToTenThousand() {
        refused("tries must be 1 to 10000, was 0", () -> new Retries(0, USUAL));
        refused("tries must be 1 to 10000, was 10001", () -> new Retries(10_001, USUAL));
        refused("must be 1 ms to 1 h, was PT0S", () -> new Retries(1, Duration.ZERO));
        refused("must be 1 ms to 1 h, was PT2H", () -> new Retries(1, Duration.ofHours(2)));
        assertThat(new Retries(1, Duration.ofMillis(1)).tries()).isEqualTo(1);
    }

    @Test
    void aTaskIsLockedForAtLeastNothingAndAtMostItsTtl() {
        DistributedLock lock = locks.lock("a");
        refused(
                "lockAtLeastFor must be 0 to the ttl",
                () -> lock.runOnce(USUAL, Duration.ofMillis(-1), lease -> {}),
                () -> lock.runOnce(USUAL, USUAL.plusMillis(1), lease -> {}));
    }

    @Test
    void permitsAreOneToTenThousand() {
        refused("1 to 10000 permits, was 0", () -> locks.semaphore("s", 0));
        refused("1 to 10000 permits, was 10001", () -> locks.semaphore("s", 10_001));
        refused(
                "1 to 3 can be taken at once, was 4",
                () -> locks.semaphore("s", 3).of(4));
        refused(
                "1 to 3 can be taken at once, was 0",
                () -> locks.semaphore("s", 3).of(0));
    }

    @Test
    void aLiteralIsNoPlaceForWhatAUserTyped() {
        for (String wrong : List.of("", "a:", "a{b}", "a*", "a%3A", "a\nb")) {
            assertThatIllegalArgumentException().isThrownBy(() -> locks.lock(wrong));
            assertThatIllegalArgumentException().isThrownBy(() -> locks.semaphore(wrong, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> locks.readWriteLock(wrong));
        }
        assertThat(locks.lock("payment:order-123").name().text()).isEqualTo("payment:order-123");
        assertThat(locks.lock(Key.of("handle", "a:{b}*")).name().text()).isEqualTo("handle:a%3A%7Bb%7D%2A");
        refused("the limit is 1024", () -> locks.lock(Key.of("x".repeat(1_100))));
        assertThatNullPointerException().isThrownBy(() -> locks.lock((Key) null));
        assertThatNullPointerException().isThrownBy(() -> locks.leaderElection("e", USUAL, null));
    }
}
