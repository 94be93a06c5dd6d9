package io.lumbung.redis;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * One Redis or Valkey, whatever its topology: standalone, Sentinel or Cluster.
 *
 * <p>Every call ends by its {@link Deadline}, with a reply or with a {@link io.lumbung.error.StoreException} that says
 * whether it may have been executed. Nothing is queued while the server is away, and nothing is executed twice:
 * only a command marked {@link Command#repeatable()} is tried again, by this layer alone. Thread-safe; blocking calls
 * are cheap on virtual threads.
 */
public interface Redis {

    /**
     * Sends {@code command} and returns at once. Several commands sent before the first {@link Pending#await()} share
     * their way to the server, also to different nodes of a Cluster.
     *
     * <p>Never throws a {@link io.lumbung.error.StoreException}: what went wrong is thrown by {@link Pending#await()}.
     */
    <T> Pending<T> send(Command<T> command, Deadline deadline);

    /** Sends {@code command} and waits for its reply. */
    default <T> T call(Command<T> command, Deadline deadline) {
        return send(command, deadline).await();
    }

    /**
     * Walks all keys that match {@code glob} by SCAN (COUNT 100) on every master, and hands them over batch by batch
     * on the calling thread. Keys that come and go during the walk may be missed, and a key may be seen twice.
     *
     * <p>{@code deadline} bounds each single SCAN, not the walk.
     */
    void scan(String glob, Duration deadline, Consumer<List<String>> batch);

    /**
     * Listens to a channel of plain pub/sub until the returned subscription is closed. The first subscription opens
     * the connection and waits for the server's confirmation, at most {@code deadline}; if it does not come the
     * subscription stands and is made good on reconnect, and {@link ChannelListener#linkUp()} tells when.
     */
    Subscription subscribe(String channel, ChannelListener listener, Deadline deadline);

    /** Publishes to a channel of plain pub/sub; how many received it (on a Cluster: on the node asked). */
    long publish(String channel, byte[] message, Deadline deadline);

    /** Whether calls for all slots can be sent right now, as far as this process knows; no I/O. */
    boolean available();

    /**
     * Runs {@code task}, on a thread of the gateway that may block, each time a lost link or an open circuit is good
     * again.
     */
    void onRecovery(Runnable task);

    /** The masters of this Redis, as {@code host:port}. */
    List<String> masters();

    /** Sends {@code command} to one of the {@link #masters()}; for commands without a key. */
    <T> Pending<T> sendTo(String master, Command<T> command, Deadline deadline);
}
