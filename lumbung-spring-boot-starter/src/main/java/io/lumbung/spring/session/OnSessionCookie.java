package io.lumbung.spring.session;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/** Whether sessions are kept in a cookie of our own: if that was said, or nothing was and there is no Spring Session. */
final class OnSessionCookie implements Condition {
    static final String SPRING_SESSION = "org.springframework.session.web.http.SessionRepositoryFilter";

    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String http = context.getEnvironment().getProperty(SessionProperties.PREFIX + ".http", "");
        return http.isBlank()
                ? !ClassUtils.isPresent(SPRING_SESSION, context.getClassLoader())
                : http.strip().equalsIgnoreCase("cookie");
    }
}
