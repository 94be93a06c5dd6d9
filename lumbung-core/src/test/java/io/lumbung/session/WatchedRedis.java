package io.lumbung.session;

import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Lists what was sent, and lets others go first at a chosen moment. */
final class WatchedRedis implements Redis {
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    private final CopyOnWriteArrayList<Interruption> interruptions = new CopyOnWriteArrayList<>();
    private final Redis real;

    private record Interruption(String operation, AtomicInteger before, Runnable task) {}

    WatchedRedis(Redis real) {
        this.real = real;
    }

    /** The operations sent since this was last asked, as {@code session.find HGETALL}. */
    List<String> sent() {
        List<String> all = List.copyOf(sent);
        sent.clear();
        return all;
    }

    /** Runs {@code task} once, right before the next call of {@code operation} is sent. */
    void before(String operation, Runnable task) {
        before(operation, 1, task);
    }

    /** As {@link #before(String, Runnable)}, before the n-th. */
    void before(String operation, int n, Runnable task) {
        interruptions.add(new Interruption(operation, new AtomicInteger(n), task));
    }

    /** Whether every task of {@link #before} has run. */
    boolean allRan() {
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
        return real.send(command, deadline);
    }

    @Override
    public void scan(String glob, Duration deadline, Consumer<List<String>> batch) {
        real.scan(glob, deadline, batch);
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener, Deadline deadline) {
        return real.subscribe(channel, listener, deadline);
    }

    @Override
    public long publish(String channel, byte[] message, Deadline deadline) {
        return real.publish(channel, message, deadline);
    }

    @Override
    public boolean available() {
        return real.available();
    }

    @Override
    public void onRecovery(Runnable task) {
        real.onRecovery(task);
    }

    @Override
    public List<String> masters() {
        return real.masters();
    }

    @Override
    public <T> Pending<T> sendTo(String master, Command<T> command, Deadline deadline) {
        return real.sendTo(master, command, deadline);
    }
}
