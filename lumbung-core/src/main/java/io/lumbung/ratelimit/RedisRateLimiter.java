package io.lumbung.ratelimit;

import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.RateLimitResult;
import io.lumbung.observe.Observer;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The limiter on Redis. What it promises is in {@link RateLimiter}; how a question becomes a decision in {@link Attempt}. */
final class RedisRateLimiter implements RateLimiter {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.ratelimit");
    private static final Duration LONGEST_WAIT = Duration.ofHours(24);
    private static final Duration SHORTEST_OVERRIDE = Duration.ofMillis(1);

    private final LimiterWorkshop workshop;
    private final String name;
    private volatile Declared declared;

    RedisRateLimiter(LimiterWorkshop workshop, LimiterSettings settings) {
        this.workshop = workshop;
        this.name = settings.name();
        this.declared = declaredAs(settings);
        workshop.denied().open();
    }

    /** What holds now, replaced as a whole. */
    record Declared(LimiterSettings settings, LimitCommands commands, LocalShare share) {}

    LimiterWorkshop workshop() {
        return workshop;
    }

    LimiterSettings settings() {
        return declared.settings();
    }

    /** Whether this still holds. */
    @SuppressWarnings("ReferenceEquality")
    boolean isCurrent(Declared one) {
        return declared == one;
    }

    /** Goes on with other settings. */
    void replace(LimiterSettings settings) {
        if (settings.equals(declared.settings())) {
            return;
        }
        declared = declaredAs(settings);
        workshop.denied().forgetAll();
        log.info("limiter {} changed: {}", name, settings);
    }

    private Declared declaredAs(LimiterSettings settings) {
        if (settings.whenDown() == WhenDown.LOCAL) {
            workshop.instances().start();
        }
        return new Declared(
                settings, new LimitCommands(workshop.kernel().keys(), settings), new LocalShare(settings.limits()));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<RateLimit> limits() {
        return settings().limits();
    }

    @Override
    public String toString() {
        return name + ": " + settings();
    }

    // Deciding

    @Override
    public Decision tryAcquire(Key subject, long cost) {
        return loggedIfRefused(attempt(subject, cost).send().answer());
    }

    @Override
    public Decision peek(Key subject, long cost) {
        return checked(subject, cost, 0, false).send().answer();
    }

    @Override
    public Decision acquire(Key subject, long cost, Duration maxWait) throws InterruptedException {
        if (maxWait.isNegative() || maxWait.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("maxWait must be 0 to 24 h, was " + maxWait);
        }
        Deadline patience = Deadline.in(maxWait);
        while (true) {
            Decision decision = attempt(subject, cost).send().answer();
            boolean asked = decision.source() == DecisionSource.REDIS || decision.source() == DecisionSource.DENY_CACHE;
            if (!asked && Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for permits of " + name);
            }
            if (!(decision instanceof Decision.Refused refused)
                    || refused.retryAfter().compareTo(patience.remaining()) > 0) {
                return loggedIfRefused(decision);
            }
            workshop.pause().of(refused.retryAfter().toNanos());
        }
    }

    Attempt attempt(Key subject, long cost) {
        return checked(subject, cost, 1, true);
    }

    private Attempt checked(Key subject, long cost, long least, boolean taking) {
        Declared now = declared;
        now.settings().checkCost(cost, least);
        now.settings().checkSubject(subject);
        return new Attempt(this, now, subject, cost, taking);
    }

    /** Tells the observer. */
    @SuppressWarnings("ReferenceEquality")
    void note(Decision decision, long began) {
        log.debug("{}", decision);
        Observer observer = workshop.kernel().observer();
        if (observer != Observer.NONE) {
            observer.observe(new Observation.RateLimit(
                    name, result(decision), decision.source().observed(), Duration.ofNanos(System.nanoTime() - began)));
        }
    }

    // A flood answered by this process alone does not fill the log.
    Decision loggedIfRefused(Decision decision) {
        if (decision instanceof Decision.Refused refused && decision.source() == DecisionSource.REDIS) {
            log.warn(
                    "rate limit exceeded: {} of {}, limit {}, again in {} ms",
                    refused.subject(),
                    name,
                    refused.limit(),
                    refused.retryAfter().toMillis());
        }
        return decision;
    }

    private static RateLimitResult result(Decision decision) {
        if (decision instanceof Decision.Allowed allowed) {
            return allowed.wouldRefuse().isPresent() ? RateLimitResult.SHADOW_REFUSED : RateLimitResult.ALLOWED;
        }
        return RateLimitResult.REFUSED;
    }

    // Administration

    @Override
    public boolean refund(Decision.Allowed decision, long permits) {
        if (!decision.limiter().equals(name)) {
            throw new IllegalArgumentException(
                    "limiter '" + name + "' cannot give back what '" + decision.limiter() + "' decided");
        }
        if (permits < 1) {
            throw new IllegalArgumentException("permits to give back must be at least 1, was " + permits);
        }
        Receipt receipt = decision.receipt();
        if (receipt.returnToShare(permits)) {
            return true;
        }
        Declared now = declared;
        List<Receipt.Taken> taken = receipt.spend(permits);
        try {
            return changed(decision.subject(), now.commands().refund(decision.subject(), permits, taken)) > 0;
        } catch (StoreException e) {
            if (e.outcome() == Outcome.NOT_DONE) {
                receipt.keep(permits);
            }
            throw e;
        }
    }

    /** Sends all of it back; the returned task waits for the confirmation. */
    Runnable givingBack(Decision.Allowed decision) {
        Declared now = declared;
        long permits = decision.receipt().left();
        if (decision.receipt().returnToShare(permits)) {
            return () -> {};
        }
        List<Receipt.Taken> taken = decision.receipt().spend(permits);
        Pending<Long> sent = workshop.kernel()
                .state()
                .send(now.commands().refund(decision.subject(), permits, taken), deadline(now));
        return () -> {
            try {
                sent.await();
                workshop.denied().forget(LimitedSubject.of(name, decision.subject()));
            } catch (StoreException e) {
                log.warn("{} permits of {} may be lost to {}: {}", permits, name, decision.subject(), e.getMessage());
            }
        };
    }

    @Override
    public boolean reset(Key subject) {
        Declared now = checked(subject);
        return changed(subject, now.commands().reset(subject)) > 0;
    }

    @Override
    public void override(Key subject, SubjectOverride override, Duration time) {
        Objects.requireNonNull(override, "override");
        if (time.compareTo(SHORTEST_OVERRIDE) < 0 || time.compareTo(RateLimit.LONGEST) > 0) {
            throw new IllegalArgumentException("an override holds 1 ms to 366 days, was " + time);
        }
        Declared now = checked(subject);
        changed(subject, now.commands().override(subject, OverrideText.of(override, now.settings()), time));
    }

    @Override
    public Optional<SubjectOverride> overrideOf(Key subject) {
        Declared now = checked(subject);
        return workshop.kernel()
                .state()
                .call(now.commands().overrideOf(subject), deadline(now))
                .map(text -> OverrideText.read(text, now.settings().limits()));
    }

    @Override
    public boolean removeOverride(Key subject) {
        Declared now = checked(subject);
        return changed(subject, now.commands().override(subject, "", Duration.ZERO)) > 0;
    }

    private Declared checked(Key subject) {
        Declared now = declared;
        now.settings().checkSubject(subject);
        return now;
    }

    private long changed(Key subject, Command<Long> command) {
        log.debug("{} {}", command, subject);
        try {
            return workshop.kernel().state().call(command, deadline(declared));
        } finally {
            // Also if it is not known whether it happened.
            workshop.denied().forget(LimitedSubject.of(name, subject));
        }
    }

    private static Deadline deadline(Declared declared) {
        return Deadline.in(declared.settings().deadline());
    }
}
