package io.lumbung.ratelimit;

import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.ForwardingRedis;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Lists what was sent, as {@code operation key}; the counting of instances apart, which has its own rhythm. */
final class ListedRedis extends ForwardingRedis {
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();

    ListedRedis(Redis real) {
        super(real);
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
        return super.send(command, deadline);
    }
}
