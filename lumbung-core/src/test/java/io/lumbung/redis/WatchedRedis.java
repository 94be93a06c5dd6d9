package io.lumbung.redis;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Lists what was sent, and lets others go first at a chosen moment. */
public final class WatchedRedis extends ForwardingRedis {
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    private final CopyOnWriteArrayList<Interruption> interruptions = new CopyOnWriteArrayList<>();

    private record Interruption(String operation, AtomicInteger before, Runnable task) {}

    public WatchedRedis(Redis real) {
        super(real);
    }

    /** The operations sent since this was last asked, as {@code session.find HGETALL}. */
    public List<String> sent() {
        List<String> all = List.copyOf(sent);
        sent.clear();
        return all;
    }

    /** Runs {@code task} once, right before the next call of {@code operation} is sent. */
    public void before(String operation, Runnable task) {
        before(operation, 1, task);
    }

    /** As {@link #before(String, Runnable)}, before the n-th. */
    public void before(String operation, int n, Runnable task) {
        interruptions.add(new Interruption(operation, new AtomicInteger(n), task));
    }

    /** Whether every task of {@link #before} has run. */
    public boolean allRan() {
        return interruptions.isEmpty();
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        String name = command.toString().replaceAll("(\\S+) \\((.*?)\\).*", "$1 $2");
        for (Interruption each : interruptions) {
            if (name.startsWith(each.operation) && each.before.decrementAndGet() == 0) {
                interruptions.remove(each);
                each.task.run();
            }
        }
        sent.add(name);
        return super.send(command, deadline);
    }
}
