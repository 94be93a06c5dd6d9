package io.lumbung.ratelimit;

import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Decides how much each subject (a user, an IP address, a tenant) may have, shared by all instances of an application.
 *
 * <p>One decision is one round trip, however many limits the limiter has: a script checks all of them by the Redis
 * server's clock and takes from all or from none. A refused request takes nothing. While a subject is refused this
 * process remembers it, for at most 2 s and only while it hears of changes made elsewhere, and refuses it without asking
 * Redis.
 *
 * <p>Decisions never fail because of Redis: what is answered without it says {@link WhenDown}, and {@link
 * Decision#source()} tells. They wait at most for the limiter's deadline (250 ms by default), and not at all while Redis is
 * known to be down. A decision whose reply got lost may have taken its permits. Administration ({@link #refund}, {@link
 * #reset}, {@link #override}) reports failure to its caller.
 *
 * <p>A subject given as text is one part of a key, whatever it holds; it must not be blank. Keys, in one slot: {@code
 * app:ratelimit:NAME:SUBJECT}, companions for further limits and an override; each expires when it no longer matters.
 * Thread-safe; made by {@link RateLimiters}.
 */
public interface RateLimiter {
    /** What it is called in messages, meters and keys. */
    String name();

    /** Its limits, as they are now. */
    List<RateLimit> limits();

    /** As {@link #tryAcquire(Key, long)}, one permit. */
    default Decision tryAcquire(String subject) {
        return tryAcquire(subject, 1);
    }

    /** As {@link #tryAcquire(Key, long)}. */
    default Decision tryAcquire(String subject, long cost) {
        return tryAcquire(Subjects.of(subject), cost);
    }

    /**
     * Takes {@code cost} permits from every limit, or none from any, and does not wait.
     *
     * @param cost 1 to the least capacity of the limits
     * @throws IllegalArgumentException if the subject cannot be a key, or {@code cost} can never be had; before any I/O
     */
    Decision tryAcquire(Key subject, long cost);

    /** As {@link #peek(Key, long)}. */
    default Decision peek(String subject, long cost) {
        return peek(Subjects.of(subject), cost);
    }

    /**
     * Says what {@link #tryAcquire(Key, long)} would, and takes nothing. One round trip, nothing is written.
     *
     * @param cost 0 to the least capacity of the limits; 0 is allowed unless the subject is blocked, and says where the limits stand
     */
    Decision peek(Key subject, long cost);

    /** As {@link #acquire(Key, long, Duration)}. */
    default Decision acquire(String subject, long cost, Duration maxWait) throws InterruptedException {
        return acquire(Subjects.of(subject), cost, maxWait);
    }

    /**
     * Takes {@code cost} permits, waiting for them for up to {@code maxWait}; refuses at once if they will not be there by
     * then. Sleeps exactly as long as it was told to, so there is one round trip a try; those who wait for one subject are
     * in no order.
     *
     * @param maxWait 0 to 24 h
     * @throws InterruptedException if interrupted while waiting; nothing was taken, unless it was Redis that was waited for
     */
    Decision acquire(Key subject, long cost, Duration maxWait) throws InterruptedException;

    /** As {@link #refund(Decision.Allowed, long)}, all that can still be given back. */
    default boolean refund(Decision.Allowed decision) {
        long left = decision.receipt().left();
        return left > 0 && refund(decision, left);
    }

    /**
     * Gives back what {@code decision} took, or part of it: the promise of each limit holds for what was kept, that
     * of a smooth one for what was taken less what was given back in the same span. Of what came back by itself since,
     * nothing is given a second time. One round trip; not repeated if its reply is lost.
     *
     * @param permits at least 1; each permit can be given back once
     * @return whether anything was given back; false if nothing of it counted any more
     * @throws IllegalArgumentException if {@code decision} is another limiter's, or has fewer permits left to give back
     * @throws StoreException if Redis did not confirm it; if it is certain that it was not done, it can be tried again
     */
    boolean refund(Decision.Allowed decision, long permits);

    /** As {@link #reset(Key)}. */
    default boolean reset(String subject) {
        return reset(Subjects.of(subject));
    }

    /**
     * Makes every limit of {@code subject} whole again. An override stays. One round trip.
     *
     * @return whether anything had been used
     * @throws StoreException if Redis did not confirm it
     */
    boolean reset(Key subject);

    /** As {@link #override(Key, SubjectOverride, Duration)}. */
    default void override(String subject, SubjectOverride override, Duration time) {
        override(Subjects.of(subject), override, time);
    }

    /**
     * Lets {@code override} hold for {@code subject}, on all instances, from now on. What was counted goes on counting.
     * One round trip.
     *
     * @param time how long it holds, 1 ms to 366 days
     * @throws IllegalArgumentException if overriding limits are not as many and of the same kinds as this limiter's
     * @throws StoreException if Redis did not confirm it
     */
    void override(Key subject, SubjectOverride override, Duration time);

    /** As {@link #overrideOf(Key)}. */
    default Optional<SubjectOverride> overrideOf(String subject) {
        return overrideOf(Subjects.of(subject));
    }

    /**
     * What holds for {@code subject} instead of the limits, if anything. One round trip.
     *
     * @throws StoreException if Redis did not answer
     */
    Optional<SubjectOverride> overrideOf(Key subject);

    /** As {@link #removeOverride(Key)}. */
    default boolean removeOverride(String subject) {
        return removeOverride(Subjects.of(subject));
    }

    /**
     * Lets the limits hold for {@code subject} again. One round trip.
     *
     * @return whether there was an override
     * @throws StoreException if Redis did not confirm it
     */
    boolean removeOverride(Key subject);
}
