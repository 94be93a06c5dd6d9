package io.lumbung.spring.ratelimit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Puts a controller, or one of its methods, under a rule of {@code lumbung.ratelimit.rules}, whatever its path. All that
 * are found on the method and its class count, each rule once. A rule nobody declared stops the start.
 *
 * <p>Decided before the method is called. If it refuses, what rules matching the path had taken is given back. A rule that
 * is to hold only where it is named has {@code paths: []}.
 */
@Documented
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(RateLimited.All.class)
public @interface RateLimited {
    /** The rule's name. */
    String value();

    /**
     * How many permits a call takes, at most what the rule's limits give at once; 0 is what the rule says. If the rule
     * matches the path as well, only what that did not take yet is taken.
     */
    long cost() default 0;

    /** Several rules for one controller or method. */
    @Documented
    @Target({ElementType.TYPE, ElementType.METHOD})
    @Retention(RetentionPolicy.RUNTIME)
    @interface All {
        /** The rules. */
        RateLimited[] value();
    }
}
