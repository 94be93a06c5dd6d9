package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Remembers what it was asked, and answers 1, or that it is not there. */
final class FakeRedis implements Redis {
    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<Runnable> recoveries = new CopyOnWriteArrayList<>();
    final AtomicInteger subscriptions = new AtomicInteger();
    volatile boolean down;
    volatile List<String> found = List.of();
    volatile String refused = "nothing";
    volatile @Nullable ChannelListener listener;
    volatile Consumer<String> before = command -> {};

    static StoreException gone() {
        return new StoreUnavailableException("test", "", "not there", null);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        asked.add(command.toString());
        return () -> {
            before.accept(command.toString());
            if (down || command.toString().endsWith(refused)) {
                throw gone();
            }
            return (T) (Object) 1L;
        };
    }

    @Override
    public void scan(String glob, Duration deadline, Consumer<List<String>> batch) {
        asked.add("SCAN " + glob);
        if (down) {
            throw gone();
        }
        batch.accept(found);
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener heard, Deadline deadline) {
        subscriptions.incrementAndGet();
        if (down) {
            throw gone();
        }
        listener = heard;
        return new Subscription() {
            @Override
            public boolean isUp() {
                return true;
            }

            @Override
            public void close() {
                listener = null;
            }
        };
    }

    @Override
    public long publish(String channel, byte[] message, Deadline deadline) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean available() {
        return !down;
    }

    @Override
    public void onRecovery(Runnable task) {
        recoveries.add(task);
    }

    @Override
    public List<String> masters() {
        return List.of("fake:1");
    }

    @Override
    public <T> Pending<T> sendTo(String master, Command<T> command, Deadline deadline) {
        return send(command, deadline);
    }
}
