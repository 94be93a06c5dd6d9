package io.lumbung.ratelimit;

import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.key.StoreKey;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One question to one limiter, from looking whether the answer is known to the answer. Belongs to one thread. */
final class Attempt {
    private static final Duration LATER = Duration.ofSeconds(1);

    private final RedisRateLimiter limiter;
    private final LimiterWorkshop workshop;
    private final RedisRateLimiter.Declared declared;
    private final Key subject;
    private final LimitedSubject who;
    private final long cost;
    private final boolean taking;
    private final long began = System.nanoTime();
    private final Optional<Decision.Refused> known;
    private final @Nullable StoreKey first;

    private long ticket;
    private @Nullable Deadline deadline;
    private @Nullable Pending<Answer> sent;

    /** @param taking false to ask what taking would do */
    Attempt(RedisRateLimiter limiter, RedisRateLimiter.Declared declared, Key subject, long cost, boolean taking) {
        this.limiter = limiter;
        this.workshop = limiter.workshop();
        this.declared = declared;
        this.subject = subject;
        this.cost = cost;
        this.taking = taking;
        this.who = LimitedSubject.of(limiter.name(), subject);
        this.known = taking && !settings().shadow() ? workshop.denied().find(who, cost) : Optional.empty();
        // Here, because a subject too long for a key must be told before anything is sent.
        this.first = known.isPresent() ? null : declared.commands().first(subject);
    }

    /** Whether it is refused already, without asking Redis. */
    boolean isKnown() {
        return known.isPresent();
    }

    /** Asks Redis, unless the answer is known. */
    Attempt send() {
        if (known.isEmpty()) {
            ticket = workshop.denied().ticket(who);
            deadline = Deadline.in(settings().deadline());
            ask(declared.commands().usesCalendar() ? workshop.time().micros() : 0);
        }
        return this;
    }

    private void ask(long now) {
        LimitCommands commands = declared.commands();
        StoreKey key = asked(first);
        sent = workshop.kernel()
                .state()
                .send(taking ? commands.take(key, cost, now) : commands.peek(key, cost, now), asked(deadline));
    }

    /** The decision; never fails because of Redis. */
    Decision answer() {
        if (known.isPresent()) {
            return noted(known.get());
        }
        try {
            Answer answer = asked(sent).await();
            if (declared.commands().usesCalendar()) {
                workshop.time().heard(answer.now());
                if (answer.verdict() == Answer.Verdict.OTHER_PERIOD) {
                    ask(answer.now());
                    answer = asked(sent).await();
                }
            }
            if (answer.verdict() == Answer.Verdict.OTHER_PERIOD) {
                // The clock was set between two calls. The next decision knows better; this one has waited enough.
                return noted(withoutRedis());
            }
            workshop.outage().answered();
            return noted(decided(answer));
        } catch (StoreException e) {
            workshop.outage().failed(e);
            return noted(withoutRedis());
        }
    }

    private Decision decided(Answer answer) {
        return switch (answer.verdict()) {
            case TAKEN -> taken(answer);
            case EXEMPT -> allowed(DecisionSource.REDIS, List.of(), Receipt.NOTHING);
            case REFUSED ->
                refused(answer, effective(answer).get(answer.limit() - 1).name());
            case BLOCKED -> refused(answer, "blocked");
            case BEYOND_OVERRIDE ->
                refused(answer, settings().limits().get(answer.limit() - 1).name());
            case OTHER_PERIOD ->
                throw new IllegalStateException("the server was told the period it is in, and denies it: " + who);
        };
    }

    private Decision taken(Answer answer) {
        List<RateLimit> limits = effective(answer);
        if (!taking) {
            return allowed(DecisionSource.REDIS, statuses(answer, limits), Receipt.NOTHING);
        }
        return allowed(DecisionSource.REDIS, statuses(answer, limits), Receipt.of(cost, limits, answer.reset()));
    }

    private Decision refused(Answer answer, String limit) {
        List<LimitStatus> statuses = answer.left().length == 0 ? List.of() : statuses(answer, effective(answer));
        Duration wait = Duration.of(answer.pause(), ChronoUnit.MICROS);
        Decision.Refused refused = refusal(DecisionSource.REDIS, statuses, wait, limit);
        // What limits refused that were replaced meanwhile is not worth keeping.
        if (taking && !settings().shadow() && limiter.isCurrent(declared)) {
            workshop.denied().keep(who, ticket, began, refused);
        }
        return refused;
    }

    private List<RateLimit> effective(Answer answer) {
        List<RateLimit> limits = settings().limits();
        return answer.override().map(text -> OverrideText.numbers(text, limits)).orElse(limits);
    }

    private static List<LimitStatus> statuses(Answer answer, List<RateLimit> limits) {
        List<LimitStatus> all = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            all.add(new LimitStatus(limits.get(i), answer.left()[i], moment(answer.reset()[i])));
        }
        return all;
    }

    private Decision withoutRedis() {
        return switch (settings().whenDown()) {
            case ALLOW -> allowed(DecisionSource.POLICY, List.of(), Receipt.NOTHING);
            case REFUSE -> refusal(DecisionSource.POLICY, List.of(), LATER, "redis");
            case LOCAL -> byShare(asked(first), workshop.instances().alive());
        };
    }

    private Decision byShare(StoreKey key, long instances) {
        LocalShare share = declared.share();
        Optional<Duration> wait = share.take(key, cost, instances, taking);
        if (wait.isPresent()) {
            return refusal(DecisionSource.LOCAL, List.of(), wait.get(), "redis");
        }
        Receipt receipt =
                taking ? Receipt.ofShare(cost, permits -> share.giveBack(key, permits, instances)) : Receipt.NOTHING;
        return allowed(DecisionSource.LOCAL, List.of(), receipt);
    }

    private Decision.Allowed allowed(DecisionSource source, List<LimitStatus> limits, Receipt receipt) {
        return new Decision.Allowed(limiter.name(), subject, cost, source, limits, receipt, Optional.empty());
    }

    private Decision.Refused refusal(DecisionSource source, List<LimitStatus> limits, Duration wait, String limit) {
        return new Decision.Refused(limiter.name(), subject, cost, source, limits, wait, limit);
    }

    private Decision noted(Decision decision) {
        Decision told = decision;
        if (settings().shadow() && decision instanceof Decision.Refused refused) {
            told = new Decision.Allowed(
                    limiter.name(), subject, cost, decision.source(), List.of(), Receipt.NOTHING, Optional.of(refused));
        }
        if (taking) {
            limiter.note(told, began);
        }
        return told;
    }

    private LimiterSettings settings() {
        return declared.settings();
    }

    private static Instant moment(long micros) {
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1000);
    }

    private static <X> X asked(@Nullable X value) {
        if (value == null) {
            throw new IllegalStateException("asked for an answer before the question");
        }
        return value;
    }

    /** All of them at once; what was taken is given back if one refuses. */
    static Decisions all(List<Attempt> attempts) {
        List<Decision> known =
                attempts.stream().filter(Attempt::isKnown).map(Attempt::answer).toList();
        if (!known.isEmpty()) {
            return new Decisions(known);
        }
        attempts.forEach(Attempt::send);
        List<Decision> decisions = attempts.stream()
                .map(attempt -> attempt.limiter.loggedIfRefused(attempt.answer()))
                .toList();
        Decisions all = new Decisions(decisions);
        if (!all.isAllowed()) {
            giveBack(attempts, decisions);
        }
        return all;
    }

    private static void giveBack(List<Attempt> attempts, List<Decision> decisions) {
        List<Runnable> confirmations = new ArrayList<>();
        for (int i = 0; i < attempts.size(); i++) {
            if (decisions.get(i) instanceof Decision.Allowed allowed
                    && allowed.receipt().left() > 0) {
                confirmations.add(attempts.get(i).limiter.givingBack(allowed));
            }
        }
        confirmations.forEach(Runnable::run);
    }
}
