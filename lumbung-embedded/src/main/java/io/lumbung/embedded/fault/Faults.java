package io.lumbung.embedded.fault;

import java.time.Duration;

/**
 * What can be done to connections, all of them or those of one name; see {@link FaultProxy}.
 *
 * <p>"The n-th" command counts from the call that asks for the fault, over all connections concerned, in the order in
 * which the proxy reads them; each such fault happens once. A command is named by its first word in any case
 * ({@code "evalsha"}) or its first two ({@code "CLIENT SETNAME"}). Safe to use from any thread.
 */
public interface Faults {
    /**
     * The n-th command reaches the server and is executed; neither its reply nor anything after it reaches the client,
     * and the connection is cut. What the client sends behind that command does not reach the server.
     */
    void cutAfterExecution(String command, int n, Cut cut);

    /** The n-th command does not reach the server, and the connection is cut in its place. */
    void cutBeforeExecution(String command, int n, Cut cut);

    /** As {@link #cutAfterExecution}, but the first {@code bytes} bytes of the reply still reach the client. */
    void cutInsideReply(String command, int n, int bytes, Cut cut);

    /**
     * The n-th command does not reach the server; the client gets {@code reply} in its place and in its turn.
     *
     * @param reply one RESP value without the final line end, such as {@code -LOADING Redis is loading} or {@code +OK}
     */
    void answer(String command, int n, String reply);

    /** As {@link #answer}, but for every such command from now on, until {@link FaultProxy#heal()}. */
    void answerAll(String command, String reply);

    /**
     * The n-th command is executed, but its reply and the reply to the command right behind it on the same connection
     * change places. Its reply waits until there is such a command.
     */
    void swapReplies(String command, int n);

    /** Nothing passes in either direction, while every connection stays open: a half-open link. */
    void stall();

    /** Commands no longer reach the server; replies and pushes still reach the client. */
    void stallRequests();

    /** Commands still reach the server and are executed; nothing reaches the client. */
    void stallReplies();

    /** Ends every stall and delivers, in order, all that waited. */
    void flow();

    /** From now on everything reaches the client later by this much; {@link Duration#ZERO} ends it. */
    void delay(Duration latency);

    /** Whether pub/sub messages and other push messages are lost; replies and confirmations of subscriptions pass. */
    void dropPushes(boolean drop);

    /** From now on bytes travel in pieces of this size in both directions; 0 ends it. */
    void slice(int bytes);

    /**
     * Cuts every open connection concerned, now. What the proxy has passed on is still executed; what waits in a stall is
     * lost.
     */
    void cutAll(Cut cut);
}
