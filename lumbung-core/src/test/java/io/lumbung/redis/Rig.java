package io.lumbung.redis;

import io.lumbung.config.RedisConfig;
import io.lumbung.embedded.fault.Cut;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A server, or a Cluster, with a proxy in front of the node that serves {@link #key()}. */
interface Rig {
    Duration DEADLINE = Duration.ofMillis(250);
    KeySpace KEYS = new KeySpace("app");
    AtomicInteger FRESH = new AtomicInteger();

    /** The way in, through the proxy. */
    RedisConfig config();

    /** In front of the node that serves every key of {@link #key()}. */
    FaultProxy proxy();

    /** A new key, served by the node behind {@link #proxy()}. */
    StoreKey key();

    /** Cuts the links of all subscribers. */
    default void cutSubscribers() {
        proxy().cutAll(Cut.FIN);
    }

    /** Asks the node behind the proxy, past the proxy. */
    Object direct(String... words);

    default Gateway connect(List<Observation> seen) {
        return connect(seen, config -> config);
    }

    default Gateway connect(List<Observation> seen, UnaryOperator<RedisConfig> change) {
        Observer observer = seen instanceof CopyOnWriteArrayList ? seen::add : Observer.NONE;
        return Gateway.connect(change.apply(config()), DEADLINE, observer, task -> new Thread(task).start());
    }

    static StoreKey freshKey() {
        return KEYS.cacheValue(KEYS.cachePrefix("rig"), Key.of("k" + FRESH.incrementAndGet()));
    }

    static Deadline soon() {
        return Deadline.in(DEADLINE);
    }

    static Deadline patient() {
        return Deadline.in(Duration.ofSeconds(5));
    }

    static Command<Long> incr(StoreKey key) {
        return Command.on("test.incr", "INCR", key, Reply::number);
    }

    static Command<Reply> get(StoreKey key) {
        return Command.on("test.get", "GET", key, reply -> reply);
    }
}
