package io.lumbung.spring.ratelimit;

import io.lumbung.ratelimit.Decision;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What was decided about one request so far; kept in it, so that nothing is counted twice on its way. */
final class RequestLimits {
    private static final String ATTRIBUTE = RequestLimits.class.getName();

    private final List<Taken> taken = new ArrayList<>();
    private final RequestPaths paths;
    private final boolean exempt;

    private RequestLimits(RequestPaths paths, boolean exempt) {
        this.paths = paths;
        this.exempt = exempt;
    }

    /** What a rule took. */
    record Taken(ActiveRule rule, Decision.Allowed decision) {}

    static RequestLimits of(HttpServletRequest request, ExemptPaths exempt) {
        if (request.getAttribute(ATTRIBUTE) instanceof RequestLimits known) {
            return known;
        }
        RequestPaths paths = RequestPaths.of(request);
        RequestLimits limits = new RequestLimits(paths, exempt.contain(request, paths));
        request.setAttribute(ATTRIBUTE, limits);
        return limits;
    }

    /** Whether its path is one that no rule concerns. */
    boolean isExempt() {
        return exempt;
    }

    RequestPaths paths() {
        return paths;
    }

    void add(ActiveRule rule, Decision.Allowed decision) {
        taken.add(new Taken(rule, decision));
    }

    /** How much a rule has taken; empty if it was not asked. */
    Optional<Long> costOf(ActiveRule rule) {
        return taken.stream()
                .filter(one -> one.rule().name().equals(rule.name()))
                .map(one -> one.decision().cost())
                .reduce(Long::sum);
    }

    List<Taken> taken() {
        return taken;
    }

    /** What clients may know: not what rules in shadow think. */
    List<Decision> shown() {
        return taken.stream()
                .filter(one -> !one.rule().rule().shadow())
                .<Decision>map(Taken::decision)
                .toList();
    }
}
