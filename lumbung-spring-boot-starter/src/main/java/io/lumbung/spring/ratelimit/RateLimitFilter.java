package io.lumbung.spring.ratelimit;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.filter.OncePerRequestFilter;

/** Applies, before anybody logs in, the rules that match a request's path and need no login. Dispatches count once. */
final class RateLimitFilter extends OncePerRequestFilter {
    private final DeclaredRules rules;
    private final ExemptPaths exempt;
    private final Gate gate;

    RateLimitFilter(DeclaredRules rules, ExemptPaths exempt, Gate gate) {
        this.rules = rules;
        this.exempt = exempt;
        this.gate = gate;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // What a browser asks before it asks is answered by Spring and does not count.
        if (rules.active().isEmpty() || CorsUtils.isPreFlightRequest(request) || admits(request, response)) {
            chain.doFilter(request, response);
        }
    }

    private boolean admits(HttpServletRequest request, HttpServletResponse response) throws IOException {
        RequestLimits limits = RequestLimits.of(request, exempt);
        if (limits.isExempt()) {
            return true;
        }
        Map<ActiveRule, Long> wanted = new LinkedHashMap<>();
        for (ActiveRule rule : rules.active()) {
            if (!rule.afterLogin() && rule.matches(request, limits.paths())) {
                wanted.put(rule, rule.rule().cost());
            }
        }
        return gate.admits(request, response, limits, wanted);
    }
}
