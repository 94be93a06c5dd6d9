package io.lumbung.spring.session;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whether sessions are kept behind {@code HttpSession}: if that was said, or nothing was. */
final class OnSpringSession implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String http = context.getEnvironment()
                .getProperty(SessionProperties.PREFIX + ".http", "")
                .strip();
        return http.isEmpty() || http.equalsIgnoreCase("spring");
    }
}
