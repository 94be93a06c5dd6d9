package io.lumbung.redis;

import io.lumbung.key.StoreKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The connections to one topology of servers, and who serves which key. */
interface Wire extends AutoCloseable {
    /** The node that serves {@code key}, or any node for no key; null while the topology has a hole there. */
    @Nullable
    Node node(@Nullable StoreKey key);

    /**
     * Puts {@code command} on its way to the node that serves its key; never throws, never waits.
     *
     * @param turn 0 for the connection that is the calling thread's own, higher for others; below {@link #width(Lane)}
     */
    void dispatch(WireCommand command, Lane lane, int turn);

    /** How many connections a command of this lane may take; values never take the control lane's. */
    int width(Lane lane);

    /** Puts {@code command} on its way to this very node. */
    void dispatchTo(Node node, WireCommand command);

    /** The masters. */
    List<Node> masters();

    /** Whether every master can be reached right now. */
    boolean isUp();

    /** Called by the {@link Heartbeat}: watch the links, mend what is missing. */
    void beat(long count);

    /** A node answered {@code error}, or stopped answering (empty): look again who is who. */
    void distrust(String error);

    /** No new connections from now on; those there are, are closed by the client that made them. */
    @Override
    void close();
}
