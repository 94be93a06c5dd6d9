package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.ForwardingRedis;
import io.lumbung.redis.Pending;
import io.lumbung.redis.Redis;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what a thread's calls cost it. */
final class CountedRedis extends ForwardingRedis {
    final ThreadLocal<AtomicInteger> sent = ThreadLocal.withInitial(AtomicInteger::new);
    final ThreadLocal<AtomicInteger> failed = ThreadLocal.withInitial(AtomicInteger::new);

    CountedRedis(Redis real) {
        super(real);
    }

    @Override
    public <T> Pending<T> send(Command<T> command, Deadline deadline) {
        sent.get().incrementAndGet();
        Pending<T> pending = super.send(command, deadline);
        return () -> {
            try {
                return pending.await();
            } catch (StoreException e) {
                failed.get().incrementAndGet();
                throw e;
            }
        };
    }
}
