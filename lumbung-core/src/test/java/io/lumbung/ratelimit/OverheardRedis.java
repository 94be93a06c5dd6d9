package io.lumbung.ratelimit;

import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.ForwardingRedis;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import java.util.Objects;

/** Tells each thread what the script answered to its last question: with the server's moment, which decisions leave out. */
final class OverheardRedis extends ForwardingRedis {
    private final ThreadLocal<Answer> heard = new ThreadLocal<>();

    OverheardRedis(Redis real) {
        super(real);
    }

    Answer lastAnswer() {
        Answer last = Objects.requireNonNull(heard.get(), "Redis was not asked");
        heard.remove();
        return last;
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        Pending<T> sent = super.send(command, deadline);
        return () -> {
            T reply = sent.await();
            if (reply instanceof Answer answer) {
                heard.set(answer);
            }
            return reply;
        };
    }
}
