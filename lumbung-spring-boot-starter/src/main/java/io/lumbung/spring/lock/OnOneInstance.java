package io.lumbung.spring.lock;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets a task that every instance schedules run on one of them each time: beside {@code @Scheduled(cron = …)}.
 *
 * <p>Whoever comes first runs it, kept renewed while it works; the others leave it out quietly. <em>At most</em> one: while Redis
 * does not answer nobody runs it, with one WARN for the outage. Instances must agree on the time of the tick, so use {@code cron};
 * with {@code fixedDelay} each has ticks of its own. For methods that return nothing.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface OnOneInstance {
    /** The lock, one for each task: a literal such as {@code "digest"}. */
    String name();

    /** For how long nobody runs it after the instance that did has died: {@code 100ms} to {@code 24h}. Not for how long it may run. */
    String ttl();

    /**
     * For how long after it began nobody runs it again, however quick it was: more than clocks and schedulers differ, less than
     * the time to the next tick; at most {@link #ttl()}.
     */
    String lockAtLeastFor();
}
