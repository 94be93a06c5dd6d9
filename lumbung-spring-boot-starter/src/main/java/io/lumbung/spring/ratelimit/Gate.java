package io.lumbung.spring.ratelimit;

import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.ratelimit.Acquisition;
import io.lumbung.ratelimit.Decision;
import io.lumbung.ratelimit.DecisionSource;
import io.lumbung.ratelimit.Decisions;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.RateLimiters;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a request through or answers it, by some rules at a time. */
final class Gate {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.ratelimit");

    private final RateLimiters limiters;
    private final RateLimitHeaders headers;

    Gate(RateLimiters limiters, RateLimitHeaders headers) {
        this.limiters = limiters;
        this.headers = headers;
    }

    /**
     * Takes what these rules want, together; of a rule that was asked already only what it did not take yet. If one
     * refuses, gives back what was taken before, answers, and returns false.
     *
     * @param wanted rules and their costs
     */
    boolean admits(
            HttpServletRequest request,
            HttpServletResponse response,
            RequestLimits before,
            Map<ActiveRule, Long> wanted)
            throws IOException {
        List<ActiveRule> asked = new ArrayList<>(wanted.size());
        List<Acquisition> acquisitions = new ArrayList<>(wanted.size());
        wanted.forEach((rule, cost) -> {
            long missing = cost - before.costOf(rule).orElse(0L);
            Optional<Key> subject = missing > 0 ? rule.subject(request) : Optional.empty();
            subject.ifPresent(key -> {
                asked.add(rule);
                // Rules may change while a request is under way; a cost that was right then must not fail now.
                acquisitions.add(new Acquisition(rule.limiter(), key, Math.min(missing, capacity(rule))));
            });
        });
        if (acquisitions.isEmpty()) {
            return true;
        }
        Decisions answer = limiters.tryAcquireAll(acquisitions);
        if (!answer.isAllowed()) {
            giveBack(before);
            refuse(response, shown(answer, asked));
            return false;
        }
        for (int i = 0; i < asked.size(); i++) {
            if (answer.all().get(i) instanceof Decision.Allowed allowed) {
                before.add(asked.get(i), allowed);
            }
        }
        headers.show(response, before.shown());
        return true;
    }

    /** Without what rules in shadow think; one that refused is among them, for those never do. */
    private static Decisions shown(Decisions answer, List<ActiveRule> asked) {
        Set<String> shadows = asked.stream()
                .filter(rule -> rule.rule().shadow())
                .map(ActiveRule::name)
                .collect(Collectors.toSet());
        return new Decisions(answer.all().stream()
                .filter(decision -> !shadows.contains(decision.limiter()))
                .toList());
    }

    private static long capacity(ActiveRule rule) {
        return rule.limiter().limits().stream()
                .mapToLong(RateLimit::capacity)
                .min()
                .orElseThrow();
    }

    private void refuse(HttpServletResponse response, Decisions answer) throws IOException {
        List<Decision> counted = answer.all().stream()
                .filter(decision -> decision.source() != DecisionSource.POLICY)
                .toList();
        // Who is over a limit learns that, also if another limit could not be looked up.
        boolean over = counted.stream().anyMatch(decision -> !decision.isAllowed());
        Decision tightest = over ? Decision.tightest(counted) : answer.tightest();
        if (tightest instanceof Decision.Refused refused) {
            headers.show(response, over ? counted : List.of());
            (over ? Refusal.RATE_LIMITED : Refusal.RATE_LIMITER_UNAVAILABLE)
                    .send(response, RateLimitHeaders.seconds(refused.retryAfter()));
        }
    }

    private static void giveBack(RequestLimits before) {
        for (RequestLimits.Taken taken : before.taken()) {
            try {
                taken.rule().limiter().refund(taken.decision());
            } catch (StoreException e) {
                log.warn(
                        "what rule {} took of {} may be lost to it: {}",
                        taken.rule().name(),
                        taken.decision().subject(),
                        e.getMessage());
            }
        }
        before.taken().clear();
    }
}
