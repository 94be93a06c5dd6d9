package io.lumbung.spring.lock;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a method of a bean only while it holds a lock: {@code @Locked(name = "order", key = "#id")}.
 *
 * <p>Without the lock the method does not run and the caller gets a {@link io.lumbung.error.LockNotAcquiredException}; if Redis
 * does not answer, a {@link io.lumbung.error.StoreException}. The lock encloses the method's transaction and is given back after
 * its commit; called inside a transaction, after that one has ended. If the lease was lost before the method returned, its caller
 * gets a {@link io.lumbung.error.LeaseLostException}: what was committed by then stays, so let what is written check the fence of
 * {@link CurrentLease}. Calls under the same lock further down on the same thread share its lease, and what they say of time does
 * not count.
 *
 * <p>Works on calls that come through the bean, not on those of its own methods. What makes it impossible is found when the bean is
 * made: a method that cannot be intercepted, or that only begins its work (a future, a {@code Mono}); a wrong duration; a key that
 * names no parameter. Texts may hold placeholders: <code>${orders.lock}</code>.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface Locked {
    /** The lock, or what its name begins with: a literal such as {@code "order"}. */
    String name();

    /**
     * What its name ends with, in Spring's expression language: {@code "#id"}, {@code "#p0"}, <code>"{#tenant, #order.id}"</code>;
     * also {@code method}, {@code target}, {@code args} and beans. Text, numbers, booleans, UUIDs, enums, dates, and lists of
     * these; each is one encoded part, whatever a user typed. {@code null} and blank are refused.
     */
    String key() default "";

    /** How long the lease lasts, {@code 100ms} to {@code 24h}; without it {@code lumbung.lock.ttl}. */
    String ttl() default "";

    /** How long to wait for the lock, up to {@code 24h}; {@code 0s} for not at all; without it {@code lumbung.lock.max-wait}. */
    String waitFor() default "";

    /** Whether it is kept renewed for as long as the method runs. Without, the lock is lost after {@link #ttl()}. */
    boolean keepRenewed() default true;

    /** Whether the thread is interrupted when the lock is lost. */
    boolean interruptOnLoss() default false;
}
