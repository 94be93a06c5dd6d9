package io.lumbung.spring;

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
import io.lumbung.observe.Observer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Turns what Lumbung does into meters named {@code lumbung.*}. Tags have few and fixed values; keys and tags of entries
 * are never among them. Thread-safe.
 */
public final class MicrometerObserver implements Observer {
    private final MeterRegistry registry;
    private final Map<CallKey, Timer> calls = new ConcurrentHashMap<>();
    private final Map<CacheKey, Counter> cacheEvents = new ConcurrentHashMap<>();
    private final Map<DecisionKey, Timer> decisions = new ConcurrentHashMap<>();
    private final Map<SessionEvent, Counter> sessionEvents = new ConcurrentHashMap<>();
    private final Map<AskedKey, Timer> locksAsked = new ConcurrentHashMap<>();
    private final Map<EndedKey, Timer> locksEnded = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> breakers = new ConcurrentHashMap<>();

    /** Registers its meters in {@code registry} as they are first needed. */
    public MicrometerObserver(MeterRegistry registry) {
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    private record CallKey(String operation, CallResult result) {}

    private record CacheKey(String cache, CacheEvent event) {}

    private record DecisionKey(String limiter, RateLimitResult result, RateLimitSource source) {}

    private record AskedKey(LockKind kind, LockAnswer answer) {}

    private record EndedKey(LockKind kind, LockEnd end) {}

    @Override
    public void observe(Observation observation) {
        if (observation instanceof Observation.Call call) {
            calls.computeIfAbsent(new CallKey(call.operation(), call.result()), this::timer)
                    .record(call.took());
        } else if (observation instanceof Observation.Cache cache) {
            cacheEvents
                    .computeIfAbsent(new CacheKey(cache.cache(), cache.event()), this::counter)
                    .increment();
        } else if (observation instanceof Observation.RateLimit decision) {
            decisions
                    .computeIfAbsent(
                            new DecisionKey(decision.limiter(), decision.result(), decision.source()), this::timer)
                    .record(decision.took());
        } else if (observation instanceof Observation.Session session) {
            sessionEvents.computeIfAbsent(session.event(), this::counter).increment();
        } else if (observation instanceof Observation.LockAsked asked) {
            locksAsked
                    .computeIfAbsent(new AskedKey(asked.kind(), asked.answer()), this::timer)
                    .record(asked.took());
        } else if (observation instanceof Observation.LockEnded ended) {
            locksEnded
                    .computeIfAbsent(new EndedKey(ended.kind(), ended.end()), this::timer)
                    .record(ended.held());
        } else if (observation instanceof Observation.BreakerChange change) {
            breakers.computeIfAbsent(change.node(), this::gauge).set(level(change.state()));
            Counter.builder("lumbung.breaker.transitions")
                    .description("Changes of a circuit breaker's state")
                    .tag("node", change.node())
                    .tag("state", lower(change.state()))
                    .register(registry)
                    .increment();
        }
    }

    private Timer timer(CallKey key) {
        return Timer.builder("lumbung.redis.calls")
                .description("Calls to Redis, retries included")
                .tag("operation", key.operation())
                .tag("result", lower(key.result()))
                .register(registry);
    }

    private Timer timer(DecisionKey key) {
        return Timer.builder("lumbung.ratelimit.decisions")
                .description("Decisions of rate limiters")
                .tag("limiter", key.limiter())
                .tag("result", lower(key.result()))
                .tag("source", lower(key.source()))
                .register(registry);
    }

    private Timer timer(AskedKey key) {
        return Timer.builder("lumbung.lock.acquire")
                .description("Asking for locks, the wait included")
                .tag("kind", lower(key.kind()))
                .tag("answer", lower(key.answer()))
                .register(registry);
    }

    private Timer timer(EndedKey key) {
        return Timer.builder("lumbung.lock.held")
                .description("How long leases of locks were held")
                .tag("kind", lower(key.kind()))
                .tag("end", lower(key.end()))
                .register(registry);
    }

    private Counter counter(CacheKey key) {
        return Counter.builder("lumbung.cache.events")
                .description("Reads, loads and writes of caches")
                .tag("cache", key.cache())
                .tag("event", lower(key.event()))
                .register(registry);
    }

    private Counter counter(SessionEvent event) {
        return Counter.builder("lumbung.session.events")
                .description("What happens to sessions")
                .tag("event", lower(event))
                .register(registry);
    }

    private AtomicInteger gauge(String node) {
        AtomicInteger level = new AtomicInteger();
        Gauge.builder("lumbung.breaker.state", level, AtomicInteger::get)
                .description("The state of a node's circuit breaker: 0 closed, 1 half open, 2 open")
                .tag("node", node)
                .strongReference(true)
                .register(registry);
        return level;
    }

    private static int level(BreakerState state) {
        return switch (state) {
            case CLOSED -> 0;
            case HALF_OPEN -> 1;
            case OPEN -> 2;
        };
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
