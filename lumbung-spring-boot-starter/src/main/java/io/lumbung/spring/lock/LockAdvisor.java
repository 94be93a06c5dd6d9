package io.lumbung.spring.lock;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.support.StaticMethodMatcherPointcutAdvisor;
import org.springframework.core.Ordered;

/** Puts the methods with one annotation behind its interceptor. */
final class LockAdvisor extends StaticMethodMatcherPointcutAdvisor {
    private static final long serialVersionUID = 1L;

    /** Inside the checks of Spring Security: who may not call does not lock. Outside transactions and caches. */
    static final int ORDER = Ordered.LOWEST_PRECEDENCE - 1_000;

    private final transient AnnotatedMethods<? extends Annotation, ?> methods;

    LockAdvisor(AnnotatedMethods<? extends Annotation, ?> methods, MethodInterceptor interceptor) {
        super(interceptor);
        this.methods = methods;
        setOrder(ORDER);
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
        return methods.of(method, targetClass).isPresent();
    }
}
