package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Counts what a thread's calls cost it. */
final class CountedRedis implements Redis {
    final ThreadLocal<AtomicInteger> sent = ThreadLocal.withInitial(AtomicInteger::new);
    final ThreadLocal<AtomicInteger> failed = ThreadLocal.withInitial(AtomicInteger::new);
    private final Redis real;

    CountedRedis(Redis real) {
        this.real = real;
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        sent.get().incrementAndGet();
        Pending<T> pending = real.send(command, deadline);
        return () -> {
            try {
                return pending.await();
            } catch (StoreException e) {
                failed.get().incrementAndGet();
                throw e;
            }
        };
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
