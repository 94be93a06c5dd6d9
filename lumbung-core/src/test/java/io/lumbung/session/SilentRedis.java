package io.lumbung.session;

import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A Redis that must not be asked. */
final class SilentRedis implements Redis {
    private static AssertionError asked(Object what) {
        return new AssertionError("Redis was asked: " + what);
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        throw asked(command);
    }

    @Override
    public void scan(String glob, Duration deadline, Consumer<List<String>> batch) {
        throw asked(glob);
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener listener, Deadline deadline) {
        throw asked(channel);
    }

    @Override
    public long publish(String channel, byte[] message, Deadline deadline) {
        throw asked(channel);
    }

    @Override
    public boolean available() {
        return true;
    }

    @Override
    public void onRecovery(Runnable task) {
        throw asked(task);
    }

    @Override
    public List<String> masters() {
        return List.of("silent:1");
    }

    @Override
    public <T> Pending<T> sendTo(String master, Command<T> command, Deadline deadline) {
        throw asked(command);
    }
}
