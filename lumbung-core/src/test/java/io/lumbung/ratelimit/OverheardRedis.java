package io.lumbung.ratelimit;

import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** Tells each thread what the script answered to its last question: with the server's moment, which decisions leave out. */
final class OverheardRedis implements Redis {
    private final ThreadLocal<Answer> heard = new ThreadLocal<>();
    private final Redis real;

    OverheardRedis(Redis real) {
        this.real = real;
    }

    Answer lastAnswer() {
        Answer last = Objects.requireNonNull(heard.get(), "Redis was not asked");
        heard.remove();
        return last;
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        Pending<T> sent = real.send(command, deadline);
        return () -> {
            T reply = sent.await();
            if (reply instanceof Answer answer) {
                heard.set(answer);
            }
            return reply;
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
