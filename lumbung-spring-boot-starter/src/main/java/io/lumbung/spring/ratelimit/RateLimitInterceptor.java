package io.lumbung.spring.ratelimit;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.web.cors.CorsUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/** Applies, when it is known who is logged in and which controller is asked, what the filter could not. */
final class RateLimitInterceptor implements HandlerInterceptor {
    private final DeclaredRules rules;
    private final AnnotatedMethods annotated;
    private final ExemptPaths exempt;
    private final Gate gate;

    RateLimitInterceptor(DeclaredRules rules, AnnotatedMethods annotated, ExemptPaths exempt, Gate gate) {
        this.rules = rules;
        this.annotated = annotated;
        this.exempt = exempt;
        this.gate = gate;
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler)
            throws IOException {
        DispatcherType type = request.getDispatcherType();
        if (rules.active().isEmpty()
                || type == DispatcherType.ASYNC
                || type == DispatcherType.ERROR
                || CorsUtils.isPreFlightRequest(request)) {
            return true;
        }
        RequestLimits limits = RequestLimits.of(request, exempt);
        Map<ActiveRule, Long> wanted = new LinkedHashMap<>();
        for (ActiveRule rule : rules.active()) {
            // Exempt is a path; what an annotation says of a method holds wherever it is mapped.
            if (!limits.isExempt()
                    && rule.afterLogin()
                    && rule.matches(request, limits.paths())
                    && limits.costOf(rule).isEmpty()) {
                wanted.put(rule, rule.rule().cost());
            }
        }
        if (handler instanceof HandlerMethod method) {
            for (AnnotatedUse use : annotated.of(method)) {
                ActiveRule rule = rules.named(use.rule());
                wanted.merge(rule, use.cost() == 0 ? rule.rule().cost() : use.cost(), Math::max);
            }
        }
        return gate.admits(request, response, limits, wanted);
    }
}
