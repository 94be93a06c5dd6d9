package io.lumbung.benchmarks;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One way to keep sessions, open and connected. All of them live for a day after their last use.
 *
 * <p>Any number of threads ask at once. What finds a session is its id, or its token where it has one.
 */
interface SessionContender extends AutoCloseable {

    /** Creates a session of a user. */
    String create(Visitor visitor) throws Exception;

    /** Creates a session that is nobody's yet. */
    String arrive(Map<String, String> attributes) throws Exception;

    /**
     * What each request does: finds the session, and notes that it was used.
     *
     * @return what it remembers under {@link Visitor#CSRF}, or {@code null} if there is no such session
     */
    @Nullable
    String use(String id) throws Exception;

    /** All that a session remembers of {@code names}; empty if there is no such session. */
    Map<String, String> read(String id, Iterable<String> names) throws Exception;

    /** A request that changes one attribute too. */
    void change(String id, String name, String value) throws Exception;

    /** A request in which whoever arrived turns out to be a user, whose session then has another id. */
    String login(String id, Visitor visitor) throws Exception;

    /** A request that ends its session. */
    void logout(String id) throws Exception;

    /** Whether sessions are found by user. If not, neither {@link #list} nor {@link #destroyAll} can be asked. */
    default boolean findsByUser() {
        return true;
    }

    /** How many sessions a user has, having read each. */
    int list(String user) throws Exception;

    /** Ends all sessions of a user, and tells how many there were. */
    int destroyAll(String user) throws Exception;

    @Override
    void close() throws Exception;
}
