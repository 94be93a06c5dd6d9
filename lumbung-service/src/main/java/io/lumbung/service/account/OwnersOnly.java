package io.lumbung.service.account;

import io.lumbung.session.Session;
import io.lumbung.spring.session.CurrentSession;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Lets nobody but its owner change a page: whatever is no reading of an address below a user's own is refused before its
 * body is read. A controller that comes later is guarded without doing anything for it.
 */
final class OwnersOnly implements HandlerInterceptor {

    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (READING.contains(request.getMethod())) {
            return true;
        }
        Session session = Callers.session(CurrentSession.of(request));
        if (!owner(request).equals(Callers.user(session))) {
            throw AccountProblems.notYours();
        }
        return true;
    }

    private static Optional<UUID> owner(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                        && variables.get("id") instanceof String id
                ? Callers.uuid(id)
                : Optional.empty();
    }

    /** Where it stands guard: behind the rate limits. */
    @Configuration(proxyBeanMethods = false)
    static class Guard implements WebMvcConfigurer {

        @Override
        public void addInterceptors(InterceptorRegistry registry) {
            registry.addInterceptor(new OwnersOnly()).addPathPatterns("/api/v1/users/*", "/api/v1/users/*/**");
        }
    }
}
