package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lumbung.codec.JsonCodec;
import io.lumbung.error.StoreTimeoutException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.key.KeySpace;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Kernel;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a limiter makes of answers that a real Redis gives once in a blue moon. */
class UnluckyCallsTest {
    private static final Answer TAKEN = answer(Answer.Verdict.TAKEN);
    private static final Answer OTHER_PERIOD = answer(Answer.Verdict.OTHER_PERIOD);

    private final ScriptedRedis redis = new ScriptedRedis();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RateLimiters limiters = RateLimiters.on(new Kernel(
            redis, redis, new KeySpace("app"), new JsonCodec(), Observer.NONE, timer, Runnable::run, Runnable::run));

    @AfterEach
    void stop() {
        limiters.close();
        timer.shutdownNow();
    }

    private static Answer answer(Answer.Verdict verdict) {
        return new Answer(verdict, 1_000_000, 0, 0, new long[] {4}, new long[] {2_000_000}, Optional.empty());
    }

    private RateLimiter limiter(RateLimit limit) {
        return limiters.limiter("api").limits(limit).build();
    }

    @Test
    void aRefundThatWasNotDoneCanBeTriedAgain() {
        RateLimiter limiter = limiter(RateLimit.perMinute(5));
        redis.answers.add(() -> TAKEN);
        Decision.Allowed taken = (Decision.Allowed) limiter.tryAcquire("ana", 3);
        assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> limiter.refund(taken, 2));
        assertThat(taken.receipt().left()).isEqualTo(3);
        redis.answers.add(() -> 1L);
        assertThat(limiter.refund(taken)).isTrue();
        assertThat(taken.receipt().left()).isZero();
    }

    @Test
    void aRefundThatMayHaveBeenDoneIsSpent() {
        RateLimiter limiter = limiter(RateLimit.perMinute(5));
        redis.answers.add(() -> TAKEN);
        Decision.Allowed taken = (Decision.Allowed) limiter.tryAcquire("ana", 3);
        redis.answers.add(() -> {
            throw new StoreTimeoutException("test", "", "no reply", null);
        });
        assertThatExceptionOfType(StoreTimeoutException.class).isThrownBy(() -> limiter.refund(taken, 2));
        assertThat(taken.receipt().left()).isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.refund(taken, 2));
    }

    @Test
    void aPeriodThatIsDeniedTwiceIsDecidedByThePolicy() {
        RateLimiter limiter = limiter(RateLimit.quota(5, CalendarPeriod.DAY, ZoneOffset.UTC));
        redis.answers.add(() -> OTHER_PERIOD);
        redis.answers.add(() -> OTHER_PERIOD);
        Decision decision = limiter.tryAcquire("ana");
        assertThat(decision.isAllowed()).isTrue();
        assertThat(decision.source()).isEqualTo(DecisionSource.POLICY);
        assertThat(redis.asked).hasSize(2);
    }

    @Test
    void aSubscriptionThatFailedIsTriedWithTheNextQuestion() {
        redis.refusesSubscriptions = true;
        RateLimiter limiter = limiter(RateLimit.perMinute(5));
        assertThat(redis.listener).isNull();
        redis.refusesSubscriptions = false;
        limiter.tryAcquire("ana");
        assertThat(redis.listener).isNotNull();
    }
}
