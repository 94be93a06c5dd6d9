package io.lumbung.ratelimit;

import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Lists what was sent, as {@code operation key}; the counting of instances apart, which has its own rhythm. */
final class ListedRedis implements Redis {
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    private final Redis real;

    ListedRedis(Redis real) {
        this.real = real;
    }

    /** What was sent since this was last asked. */
    List<String> sent() {
        List<String> all = List.copyOf(sent);
        sent.clear();
        return all;
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        if (!command.toString().startsWith("ratelimit.instances")) {
            sent.add(command.toString().replaceAll(" \\(.*\\)", ""));
        }
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
