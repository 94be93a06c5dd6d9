package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.codec.JsonCodec;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.ServerTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Refusals are kept while they certainly stand, and not one moment longer: by a clock and a channel of the test's own. */
class DenyCacheTest {
    private static final KeySpace KEYS = new KeySpace("app");
    private static final LimitedSubject ANA = new LimitedSubject("api", "ana");
    private static final LimitedSubject BEN = new LimitedSubject("api", "ben");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    private final ScriptedRedis redis = new ScriptedRedis();
    private final DenyCache denied = new DenyCache(redis, "app:ratelimit", Runnable::run, nanos::get);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private void listen() {
        denied.open();
        denied.linkUp();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Decision.Refused refusal(LimitedSubject subject, long cost, Duration wait) {
        Key key = Key.parse(subject.subject());
        return new Decision.Refused("api", key, cost, DecisionSource.REDIS, List.of(), wait, "1m");
    }

    /** A refusal whose request was sent just now and answered at once. */
    private void keep(LimitedSubject subject, long cost, Duration wait) {
        denied.keep(subject, denied.ticket(subject), nanos.get(), refusal(subject, cost, wait));
    }

    private boolean refuses(LimitedSubject subject) {
        return denied.find(subject, 1).isPresent();
    }

    // For how long

    @Test
    void refusesAgainUntilTheToldTimeIsOver() {
        listen();
        keep(ANA, 1, Duration.ofNanos(1_000_000));
        pass(Duration.ofNanos(999_999));
        assertThat(refuses(ANA)).isTrue();
        assertThat(refuses(BEN)).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(refuses(ANA)).isFalse();
    }

    @Test
    void countsFromBeforeTheRequestWasSent() {
        listen();
        long sent = nanos.get();
        long ticket = denied.ticket(ANA);
        pass(Duration.ofMillis(300));
        denied.keep(ANA, ticket, sent, refusal(ANA, 1, Duration.ofSeconds(1)));
        pass(Duration.ofMillis(699));
        assertThat(refuses(ANA)).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(refuses(ANA)).isFalse();
    }

    @Test
    void refusesForTwoSecondsAtMost() {
        listen();
        keep(ANA, 1, MINUTE);
        pass(Duration.ofMillis(1_999));
        assertThat(refuses(ANA)).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(refuses(ANA)).isFalse();
    }

    @Test
    void theTwoSecondsAlsoCountFromBeforeTheRequestWasSent() {
        listen();
        long sent = nanos.get();
        pass(Duration.ofMillis(300));
        denied.keep(ANA, denied.ticket(ANA), sent, refusal(ANA, 1, MINUTE));
        pass(Duration.ofMillis(1_699));
        assertThat(refuses(ANA)).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(refuses(ANA)).isFalse();
    }

    @Test
    void beingAskedDoesNotProlongIt() {
        listen();
        keep(ANA, 1, MINUTE);
        for (int i = 0; i < 19; i++) {
            pass(Duration.ofMillis(100));
            assertThat(refuses(ANA)).isTrue();
        }
        pass(Duration.ofMillis(100));
        assertThat(refuses(ANA)).isFalse();
    }

    @Test
    void tellsHowLongIsLeft() {
        listen();
        keep(ANA, 2, MINUTE);
        pass(Duration.ofMillis(1_500));
        Decision.Refused told = denied.find(ANA, 3).orElseThrow();
        assertThat(told.retryAfter()).isEqualTo(MINUTE.minusMillis(1_500));
        assertThat(told.source()).isEqualTo(DecisionSource.DENY_CACHE);
        assertThat(told.cost()).isEqualTo(3);
        assertThat(told.limiter()).isEqualTo("api");
        assertThat(told.subject()).isEqualTo(Key.of("ana"));
        assertThat(told.limit()).isEqualTo("1m");
    }

    @Test
    void whoWantsLessHasToAsk() {
        listen();
        keep(ANA, 3, MINUTE);
        assertThat(denied.find(ANA, 2)).isEmpty();
        assertThat(denied.find(ANA, 3)).isPresent();
        assertThat(denied.find(ANA, 4)).isPresent();
    }

    // What is said

    @Test
    void forgetsWhoWasSpokenOf() {
        listen();
        keep(ANA, 1, MINUTE);
        keep(BEN, 1, MINUTE);
        redis.say(ANA.message());
        assertThat(refuses(ANA)).isFalse();
        assertThat(refuses(BEN)).isTrue();
        denied.forget(BEN);
        assertThat(refuses(BEN)).isFalse();
    }

    @Test
    void doesNotKeepAReplyThatIsOlderThanWhatWasSaid() {
        listen();
        long ticket = denied.ticket(ANA);
        long sent = nanos.get();
        // The request was refused, somebody gave back, and the word of it came before the reply.
        redis.say(ANA.message());
        denied.keep(ANA, ticket, sent, refusal(ANA, 1, MINUTE));
        assertThat(refuses(ANA)).isFalse();
        keep(ANA, 1, MINUTE);
        assertThat(refuses(ANA)).as("the next refusal").isTrue();
    }

    @Test
    void aLimiterThatHearsOfItsSubjectWhileItAsksWillAskAgain() {
        listen();
        Kernel kernel =
                new Kernel(redis, redis, KEYS, new JsonCodec(), Observer.NONE, timer, Runnable::run, Runnable::run);
        LimiterWorkshop workshop = new LimiterWorkshop(
                kernel,
                denied,
                new Instances(kernel, MINUTE),
                new ServerTime(nanos::get),
                new LimiterOutage(nanos::get),
                Pause.REAL);
        RateLimiter limiter = RateLimiters.with(workshop, MINUTE, MINUTE)
                .limiter("api")
                .limits(RateLimit.perMinute(5))
                .build();
        Answer refused = new Answer(
                Answer.Verdict.REFUSED,
                0,
                1,
                MINUTE.toNanos() / 1000,
                new long[] {0},
                new long[] {0},
                Optional.empty());
        redis.answers.add(() -> {
            redis.say(ANA.message());
            return refused;
        });
        redis.answers.add(() -> refused);
        // Real nanoseconds are far ahead of the test's own, so nothing ends by itself here.
        assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.REDIS);
        assertThat(limiter.tryAcquire("ana").source()).as("not kept").isEqualTo(DecisionSource.REDIS);
        assertThat(limiter.tryAcquire("ana").source()).as("kept").isEqualTo(DecisionSource.DENY_CACHE);
        assertThat(redis.asked).hasSize(2);
    }

    @Test
    void forgetsAllWhenLimitsChange() {
        listen();
        long ticket = denied.ticket(BEN);
        keep(ANA, 1, MINUTE);
        denied.forgetAll();
        denied.keep(BEN, ticket, nanos.get(), refusal(BEN, 1, MINUTE));
        assertThat(refuses(ANA)).isFalse();
        assertThat(refuses(BEN)).as("asked before, answered after").isFalse();
    }

    // Hearing

    @Test
    void keepsNothingBeforeItHears() {
        denied.open();
        keep(ANA, 1, MINUTE);
        assertThat(denied.isUp()).isFalse();
        assertThat(refuses(ANA)).isFalse();
        denied.linkUp();
        assertThat(denied.isUp()).isTrue();
        assertThat(refuses(ANA)).isFalse();
    }

    @Test
    void isEmptyAndOffWhileItCannotHear() {
        listen();
        keep(ANA, 1, MINUTE);
        denied.linkDown();
        assertThat(refuses(ANA)).isFalse();
        keep(ANA, 1, MINUTE);
        assertThat(refuses(ANA)).isFalse();
        denied.linkUp();
        assertThat(refuses(ANA)).as("what was known before").isFalse();
        keep(ANA, 1, MINUTE);
        assertThat(refuses(ANA)).isTrue();
    }

    @Test
    void whatWasAskedBeforeTheLinkBrokeIsNotKeptAfterIt() {
        listen();
        long ticket = denied.ticket(ANA);
        long sent = nanos.get();
        denied.linkDown();
        // Here something may have been said that nobody heard.
        denied.linkUp();
        denied.keep(ANA, ticket, sent, refusal(ANA, 1, MINUTE));
        assertThat(refuses(ANA)).isFalse();
    }

    @Test
    void whatWasAskedWhileTheLinkWasDownIsNotKeptAfterIt() {
        listen();
        denied.linkDown();
        long ticket = denied.ticket(ANA);
        long sent = nanos.get();
        denied.linkUp();
        denied.keep(ANA, ticket, sent, refusal(ANA, 1, MINUTE));
        assertThat(refuses(ANA)).isFalse();
    }

    @Test
    void subscribesOnceAndAgainOnlyIfThatFailed() {
        redis.refusesSubscriptions = true;
        denied.open();
        assertThat(redis.listener).isNull();
        redis.refusesSubscriptions = false;
        denied.open();
        assertThat(redis.listener).isSameAs(denied);
        redis.listener = null;
        denied.open();
        assertThat(redis.listener).isNull();
    }

    @Test
    void subscribesLaterIfNobodyHadTime() {
        AtomicBoolean busy = new AtomicBoolean(true);
        DenyCache cache = new DenyCache(
                redis,
                "app:ratelimit",
                task -> {
                    if (busy.get()) {
                        throw new RejectedExecutionException("busy");
                    }
                    task.run();
                },
                nanos::get);
        cache.open();
        assertThat(redis.listener).isNull();
        busy.set(false);
        cache.open();
        assertThat(redis.listener).isSameAs(cache);
    }

    @Test
    void isEmptyAndUnsubscribedWhenClosed() {
        listen();
        keep(ANA, 1, MINUTE);
        denied.close();
        denied.close();
        assertThat(refuses(ANA)).isFalse();
        assertThat(redis.listener).isNull();
        denied.linkUp();
        assertThat(denied.isUp()).as("a late word").isFalse();
    }

    // Memory

    @Test
    void keepsTenThousandAtMost() {
        listen();
        List<LimitedSubject> flood = IntStream.range(0, 50_000)
                .mapToObj(i -> new LimitedSubject("api", "10.0." + i / 256 + "." + i % 256))
                .toList();
        flood.forEach(subject -> keep(subject, 1, MINUTE));
        assertThat(flood.stream().filter(this::refuses).count()).isBetween(5_000L, 10_000L);
        pass(Duration.ofSeconds(3));
        assertThat(flood.stream().filter(this::refuses).count()).isZero();
    }
}
