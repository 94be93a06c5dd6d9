package io.lumbung.session;

import io.lumbung.error.StoreException;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sessions on Redis, shared by all instances of an application.
 *
 * <p>Redis holds only the SHA-256 of a token. A session that is created for a user and its entry in the user's index are
 * written by one script, by the server's clock; of one that is {@link #assign assigned} the entry comes first and goes last.
 * The entry dies with the session, so nothing has to be swept and nothing is left behind. Every write but
 * {@link #create} only changes what still exists: a session that was destroyed or ran out does not come back, however slow
 * a request is.
 *
 * <p>A session that is not there is an answer, never an exception; that Redis does not answer is a {@link StoreException},
 * never "no session". Each call waits at most for its deadline (500 ms by default). A token that is no token is refused
 * without asking Redis.
 *
 * <p>Keys: {@code app:session:{B}:HASH} and {@code app:session:{B}:user:USER}, in one slot if created for the user, B is a
 * bucket, HASH the token's SHA-256; with {@linkplain SessionPolicy#withExpiryEvents expiry events} {@code
 * app:session:{B}:deaths} and {@code app:session:sweep:N}, too. Round trips are those of a session in its user's slot when nobody else changes it; one that was {@link
 * #assign assigned} is in another, which costs one more where its use is noted or it ends, and two where it is rotated.
 * Thread-safe.
 */
public interface Sessions {
    /** Sessions on {@code kernel}, which is borrowed, with calls of at most 500 ms. */
    static Sessions on(Kernel kernel, SessionPolicy policy) {
        return on(kernel, policy, Duration.ofMillis(500));
    }

    /** Sessions on {@code kernel}, which is borrowed. */
    static Sessions on(Kernel kernel, SessionPolicy policy, Duration deadline) {
        return new RedisSessions(kernel, policy, deadline);
    }

    /** How long sessions live here, and how many there may be. */
    SessionPolicy policy();

    /**
     * Creates a session of a user. Call it at each login: the token is new, so nobody can have known it before. One round
     * trip; two if others have to make room.
     *
     * @throws IllegalArgumentException if the attributes are too large
     * @throws StoreException if Redis did not confirm it; it may be there without anybody having its token, until it ends
     */
    CreateResult create(NewSession session);

    /**
     * The session of {@code token}, if it is alive. One {@code HGETALL}; once in {@link SessionPolicy#touchEvery()} a
     * second round trip notes the use, so that the session lives on.
     *
     * @throws StoreException if Redis did not answer
     */
    Optional<Session> find(SessionToken token);

    /** As {@link #find(SessionToken)}; empty at once if {@code token} is no token. */
    default Optional<Session> find(String token) {
        return SessionToken.parse(token).flatMap(this::find);
    }

    /**
     * Lets the session live for the idle time from now, but never past its absolute end. Two round trips.
     *
     * @return the session as it is now, or empty if there is none: {@code session not found}
     * @throws StoreException if Redis did not confirm it
     */
    Optional<Session> refresh(SessionToken token);

    /**
     * Changes attributes of a session that still exists. One round trip.
     *
     * @throws IllegalArgumentException if the attributes would be larger than {@link SessionPolicy#maxDataBytes()} in all
     * @throws StoreException if Redis did not confirm it
     */
    UpdateResult update(SessionToken token, SessionChange change);

    /**
     * Gives a session another token, after a change of what its bearer may do. For {@link SessionPolicy#grace()} the old
     * one still leads to it, so that requests under way are not logged out; whoever may have learnt it is let in as long,
     * so where that counts use a policy without grace. Of several requests that do so at once, one gets the new token. Two
     * round trips.
     *
     * @throws StoreException if Redis did not confirm it; it may go by a token that nobody knows
     */
    RotateResult rotate(SessionToken token);

    /**
     * Gives a session to a user, most of all one that was nobody's before: it appears in the user's list and ends with
     * {@link #destroyAll}. Its id should change too, without grace, see {@link #rotate}; a login that can is better off with
     * {@link #create}. Such a session stays in the slot it was created in, which in 1 023 of 1 024 cases is not its user's:
     * then it does not count against {@link SessionPolicy#most()}. Three round trips.
     *
     * @return the session as it is now, or empty if there is none
     * @throws StoreException if Redis did not confirm it; it may be the user's all the same
     */
    Optional<Session> assign(SessionToken token, String user);

    /**
     * Gives a session back to nobody, after a logout that keeps it: it leaves its user's list. Its id should change too.
     * Two round trips.
     *
     * @return the session as it is now, or empty if there is none
     * @throws StoreException if Redis did not confirm it; it may be nobody's all the same
     */
    Optional<Session> release(SessionToken token);

    /**
     * Ends a session, also if it is assigned meanwhile, or rotated with grace. From then on nothing reads or writes it. Two
     * round trips.
     *
     * @return whether there was one; a call that is repeated because its reply was lost finds none any more
     * @throws StoreException if Redis did not confirm it; call again
     */
    boolean destroy(SessionToken token);

    /**
     * As {@link #destroy(SessionToken)}, by its public name: two round trips, O(sessions of the user). One that was rotated has
     * another.
     */
    boolean destroy(String user, SessionId id);

    /**
     * Ends all sessions a user has when it is called, and most of those created or assigned meanwhile. One round trip and
     * two for each 500 sessions, each two within the deadline; as long as others create more, it goes on.
     *
     * @return how many there were; those ended by a call that is repeated because its reply was lost are not counted
     * @throws StoreException if Redis did not confirm it; some may be gone, call again for the others
     */
    long destroyAll(String user);

    /**
     * As {@link #destroyAll(String)}, all but {@code kept}: "log out everywhere else". If that one is rotated meanwhile it goes by
     * another id and may end too.
     */
    long destroyAllBut(String user, SessionId kept);

    /**
     * The sessions of a user that are alive, last used first. One round trip and one for each 500 sessions, each within the
     * deadline.
     *
     * @throws StoreException if Redis did not answer
     */
    List<Session> list(String user);

    /**
     * Tells {@code listener} of sessions that nobody ended: they ran out. Of each, one of all processes that listen is
     * told, usually within ten seconds, also if none listened when it died. At least once: it is told again, by any of
     * them, if the process dies or loses Redis before it can note that it told. What a listener throws is logged and
     * changes nothing. Sessions that nobody could tell of for a day are forgotten. The listener runs on a worker thread,
     * one session after the other; what waits behind it for half a minute another process may tell of.
     *
     * <p>No keyspace notifications, no rights but those on keys: the moments of death are kept in a sorted set for each of
     * the 1 024 buckets, which all processes together look at every five seconds.
     *
     * @return ends the telling when it is closed
     * @throws IllegalStateException if the policy does not note it, see {@link SessionPolicy#withExpiryEvents()}
     */
    Subscription onExpired(Consumer<ExpiredSession> listener);
}
