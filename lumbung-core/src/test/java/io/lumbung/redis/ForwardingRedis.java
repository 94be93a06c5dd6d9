package io.lumbung.redis;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Another Redis, as it is. Those that watch or disturb it change what they need. */
public class ForwardingRedis implements Redis {
    private final Redis real;

    protected ForwardingRedis(Redis real) {
        this.real = real;
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
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
