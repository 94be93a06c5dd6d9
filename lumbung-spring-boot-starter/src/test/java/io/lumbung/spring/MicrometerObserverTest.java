package io.lumbung.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.BreakerState;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.observe.Observation.CallResult;
import io.lumbung.observe.Observation.LockAnswer;
import io.lumbung.observe.Observation.LockEnd;
import io.lumbung.observe.Observation.LockKind;
import io.lumbung.observe.Observation.RateLimitResult;
import io.lumbung.observe.Observation.RateLimitSource;
import io.lumbung.observe.Observation.SessionEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerObserverTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerObserver observer = new MicrometerObserver(registry);

    @Test
    void timesCallsByOperationAndResult() {
        observer.observe(new Observation.Call("cache.get", CallResult.OK, Duration.ofMillis(2)));
        observer.observe(new Observation.Call("cache.get", CallResult.OK, Duration.ofMillis(4)));
        observer.observe(new Observation.Call("cache.get", CallResult.TIMEOUT, Duration.ofMillis(250)));

        var ok = registry.get("lumbung.redis.calls")
                .tags("operation", "cache.get", "result", "ok")
                .timer();
        assertThat(ok.count()).isEqualTo(2);
        assertThat(ok.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(6);
        assertThat(registry.get("lumbung.redis.calls")
                        .tag("result", "timeout")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void countsWhatHappensToEachCache() {
        observer.observe(new Observation.Cache("users", CacheEvent.HIT));
        observer.observe(new Observation.Cache("users", CacheEvent.HIT));
        observer.observe(new Observation.Cache("users", CacheEvent.FILL_REVOKED));

        assertThat(registry.get("lumbung.cache.events")
                        .tags("cache", "users", "event", "hit")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("lumbung.cache.events")
                        .tags("cache", "users", "event", "fill_revoked")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void countsWhatHappensToSessions() {
        observer.observe(new Observation.Session(SessionEvent.CREATED));
        observer.observe(new Observation.Session(SessionEvent.CREATED));
        observer.observe(new Observation.Session(SessionEvent.ABSENT));

        assertThat(registry.get("lumbung.session.events")
                        .tag("event", "created")
                        .counter()
                        .count())
                .isEqualTo(2);
        assertThat(registry.get("lumbung.session.events")
                        .tag("event", "absent")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void timesTheDecisionsOfEachLimiterByResultAndSource() {
        observer.observe(decision(RateLimitResult.ALLOWED, RateLimitSource.REDIS));
        observer.observe(decision(RateLimitResult.ALLOWED, RateLimitSource.REDIS));
        observer.observe(decision(RateLimitResult.REFUSED, RateLimitSource.DENY_CACHE));

        var allowed = registry.get("lumbung.ratelimit.decisions")
                .tags("limiter", "api", "result", "allowed", "source", "redis")
                .timer();
        assertThat(allowed.count()).isEqualTo(2);
        assertThat(allowed.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(4);
        assertThat(registry.get("lumbung.ratelimit.decisions")
                        .tags("result", "refused", "source", "deny_cache")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    private static Observation decision(RateLimitResult result, RateLimitSource source) {
        return new Observation.RateLimit("api", result, source, Duration.ofMillis(2));
    }

    @Test
    void timesTheAskingForLocksByKindAndAnswer() {
        observer.observe(new Observation.LockAsked(LockKind.LOCK, LockAnswer.ACQUIRED, Duration.ofMillis(2)));
        observer.observe(new Observation.LockAsked(LockKind.LOCK, LockAnswer.ACQUIRED, Duration.ofMillis(3)));
        observer.observe(new Observation.LockAsked(LockKind.LOCK, LockAnswer.BUSY, Duration.ofMillis(7)));
        observer.observe(new Observation.LockAsked(LockKind.PERMIT, LockAnswer.ACQUIRED, Duration.ofMillis(11)));

        assertThat(millis("lumbung.lock.acquire", "kind", "lock", "answer", "acquired"))
                .isEqualTo(5);
        assertThat(millis("lumbung.lock.acquire", "kind", "lock", "answer", "busy"))
                .isEqualTo(7);
        assertThat(millis("lumbung.lock.acquire", "kind", "permit", "answer", "acquired"))
                .isEqualTo(11);
    }

    @Test
    void timesHowLongLeasesWereHeldByKindAndEnd() {
        observer.observe(new Observation.LockEnded(LockKind.WRITE, LockEnd.RELEASED, Duration.ofMillis(2)));
        observer.observe(new Observation.LockEnded(LockKind.WRITE, LockEnd.RELEASED, Duration.ofMillis(3)));
        observer.observe(new Observation.LockEnded(LockKind.WRITE, LockEnd.LOST, Duration.ofMillis(7)));
        observer.observe(new Observation.LockEnded(LockKind.READ, LockEnd.RELEASED, Duration.ofMillis(11)));

        assertThat(millis("lumbung.lock.held", "kind", "write", "end", "released"))
                .isEqualTo(5);
        assertThat(millis("lumbung.lock.held", "kind", "write", "end", "lost")).isEqualTo(7);
        assertThat(millis("lumbung.lock.held", "kind", "read", "end", "released"))
                .isEqualTo(11);
    }

    private double millis(String timer, String... tags) {
        return registry.get(timer).tags(tags).timer().totalTime(TimeUnit.MILLISECONDS);
    }

    @Test
    void showsTheStateOfEachBreakerAndCountsItsChanges() {
        observer.observe(new Observation.BreakerChange("a:1", BreakerState.OPEN));
        observer.observe(new Observation.BreakerChange("a:1", BreakerState.HALF_OPEN));
        observer.observe(new Observation.BreakerChange("b:1", BreakerState.OPEN));

        assertThat(registry.get("lumbung.breaker.state")
                        .tag("node", "a:1")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("lumbung.breaker.state")
                        .tag("node", "b:1")
                        .gauge()
                        .value())
                .isEqualTo(2);
        assertThat(registry.get("lumbung.breaker.transitions")
                        .tags("node", "a:1", "state", "open")
                        .counter()
                        .count())
                .isEqualTo(1);
    }
}
