package io.lumbung.ratelimit;

import io.lumbung.error.StoreException;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Remembers what it was asked, and answers what it was told to, in turn; otherwise that it is not there. */
final class ScriptedRedis implements Redis {
    final List<String> asked = new CopyOnWriteArrayList<>();
    final Deque<Supplier<Object>> answers = new ArrayDeque<>();
    /** Who listens to the channel. */
    volatile @Nullable ChannelListener listener;

    volatile boolean refusesSubscriptions;

    static StoreException gone() {
        return new StoreUnavailableException("test", "", "not there", null);
    }

    /** Says {@code subject} on the channel. */
    void say(String subject) {
        ChannelListener heard = listener;
        if (heard != null) {
            heard.message(subject.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        asked.add(command.toString());
        Supplier<Object> answer = answers.poll();
        return () -> {
            if (answer == null) {
                throw gone();
            }
            return (T) answer.get();
        };
    }

    @Override
    public void scan(String glob, Duration deadline, Consumer<List<String>> batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Subscription subscribe(String channel, ChannelListener heard, Deadline deadline) {
        if (refusesSubscriptions) {
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
        return true;
    }

    @Override
    public void onRecovery(Runnable task) {
        throw new UnsupportedOperationException();
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
