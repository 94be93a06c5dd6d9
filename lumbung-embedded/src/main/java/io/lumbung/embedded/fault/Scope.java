package io.lumbung.embedded.fault;

import java.time.Duration;

/** The faults asked for one set of connections; {@link FaultProxy} holds one for all and one per name. */
final class Scope implements Faults {
    private final FaultProxy proxy;
    private final String name;
    private volatile boolean stallRequests;
    private volatile boolean stallReplies;
    private volatile boolean dropPushes;
    private volatile long delayNanos;
    private volatile int slice;

    /** The connections called {@code name}; empty for all of them. */
    Scope(FaultProxy proxy, String name) {
        this.proxy = proxy;
        this.name = name;
    }

    private static int nth(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("n counts from 1, was " + n);
        }
        return n;
    }

    boolean covers(String connectionName) {
        return name.isEmpty() || name.equals(connectionName);
    }

    boolean requestsStalled() {
        return stallRequests;
    }

    boolean repliesStalled() {
        return stallReplies;
    }

    boolean pushesDropped() {
        return dropPushes;
    }

    long delayNanos() {
        return delayNanos;
    }

    int slice() {
        return slice;
    }

    @Override
    public void cutAfterExecution(String command, int n, Cut cut) {
        cutInsideReply(command, n, 0, cut);
    }

    @Override
    public void cutBeforeExecution(String command, int n, Cut cut) {
        proxy.add(new Rule(this, command, nth(n), new Rule.CutBefore(cut)));
    }

    @Override
    public void cutInsideReply(String command, int n, int bytes, Cut cut) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative, was " + bytes);
        }
        proxy.add(new Rule(this, command, nth(n), new Rule.CutAfter(bytes, cut)));
    }

    @Override
    public void answer(String command, int n, String reply) {
        proxy.add(new Rule(this, command, nth(n), new Rule.Answer(reply)));
    }

    @Override
    public void answerAll(String command, String reply) {
        proxy.add(new Rule(this, command, Rule.EVERY, new Rule.Answer(reply)));
    }

    @Override
    public void swapReplies(String command, int n) {
        proxy.add(new Rule(this, command, nth(n), new Rule.Swap()));
    }

    @Override
    public void stall() {
        stallRequests = true;
        stallReplies = true;
        proxy.wakeAll();
    }

    @Override
    public void stallRequests() {
        stallRequests = true;
        proxy.wakeAll();
    }

    @Override
    public void stallReplies() {
        stallReplies = true;
        proxy.wakeAll();
    }

    @Override
    public void flow() {
        stallRequests = false;
        stallReplies = false;
        proxy.wakeAll();
    }

    @Override
    public void delay(Duration latency) {
        if (latency.isNegative()) {
            throw new IllegalArgumentException("latency must not be negative, was " + latency);
        }
        delayNanos = latency.toNanos();
    }

    @Override
    public void dropPushes(boolean drop) {
        dropPushes = drop;
    }

    @Override
    public void slice(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes must not be negative, was " + bytes);
        }
        slice = bytes;
    }

    @Override
    public void cutAll(Cut cut) {
        proxy.letEverybodyIn();
        proxy.links().stream().filter(link -> covers(link.name())).forEach(link -> link.cut(cut));
    }
}
