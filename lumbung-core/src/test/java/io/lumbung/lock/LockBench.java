package io.lumbung.lock;

import io.lumbung.codec.JsonCodec;
import io.lumbung.config.LumbungConfig;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Gateway;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Reply;
import io.lumbung.redis.WatchedRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** One process as far as locks can tell: a connection that is watched, and locks on it. */
final class LockBench implements AutoCloseable {
    /** A busy build machine may let a thread wait longer than a healthy Redis ever takes. */
    static final Duration PATIENT = Duration.ofSeconds(5);

    final Collection<Observation> observed = new ConcurrentLinkedQueue<>();
    final KeySpace keys = new KeySpace("app");
    final Gateway redis;
    final WatchedRedis watched;
    final Locks locks;

    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService worker;

    private LockBench(String url, Duration deadline, UnaryOperator<Redis> way) {
        timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "bench-timer"));
        worker = Executors.newFixedThreadPool(4, task -> daemon(task, "bench-worker"));
        LumbungConfig.Builder config = LumbungConfig.builder().url(url);
        if (deadline.equals(PATIENT)) {
            config.connectTimeout(Duration.ofSeconds(10)).startTimeout(Duration.ofSeconds(30));
        }
        redis = Gateway.connect(config.build().redis(), Duration.ofMillis(250), observed::add, worker);
        watched = new WatchedRedis(way.apply(redis));
        locks = Locks.on(kernel(), LockDefaults.standard().withDeadline(deadline));
    }

    /** With all the time of the world. */
    static LockBench at(String url) {
        return at(url, PATIENT);
    }

    static LockBench at(String url, Duration deadline) {
        return at(url, deadline, way -> way);
    }

    /** @param way what lies between the locks and Redis */
    static LockBench at(String url, Duration deadline, UnaryOperator<Redis> way) {
        return new LockBench(url, deadline, way);
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    Kernel kernel() {
        return new Kernel(watched, watched, keys, new JsonCodec(), observed::add, timer, worker, worker);
    }

    /** What was observed of locks since it was last asked. */
    List<Observation> heard() {
        List<Observation> all = observed.stream()
                .filter(one -> one instanceof Observation.LockAsked || one instanceof Observation.LockEnded)
                .toList();
        observed.clear();
        return all;
    }

    StoreKey key(String lock) {
        return keys.lock(Key.parse(lock));
    }

    <T> T ask(String command, StoreKey key, Function<Reply, T> reader, Object... args) {
        return redis.call(Command.on("test", command, key, reader, args), Deadline.in(PATIENT));
    }

    /** Asks Redis itself, for a number. */
    long number(String command, StoreKey key, Object... args) {
        return ask(command, key, Reply::number, args);
    }

    /** Asks Redis itself, for a text; empty if there is none. */
    String text(String command, StoreKey key, Object... args) {
        return ask(command, key, reply -> reply.isNull() ? "" : reply.text(), args);
    }

    /** What another program does: SET NX PX. */
    boolean setNx(String lock, String value, Duration ttl) {
        return text("SET", key(lock), value, "NX", "PX", ttl.toMillis()).equals("OK");
    }

    /** How many stand in the queue of a lock. */
    long waiting(String lock) {
        return number("ZCARD", keys.lockQueue(key(lock)));
    }

    /** Who stands in the queue of a lock, from the first to the last. */
    List<String> queue(String lock) {
        return ask(
                "ZRANGE",
                keys.lockQueue(key(lock)),
                reply -> reply.list().stream().map(Reply::text).toList(),
                0,
                -1);
    }

    /** All keys whose names hold {@code text}. */
    List<String> keysWith(String text) {
        List<String> found = new ArrayList<>();
        redis.scan("*" + text + "*", PATIENT, found::addAll);
        return found.stream().sorted().distinct().toList();
    }

    @Override
    public void close() {
        locks.close();
        timer.shutdownNow();
        worker.shutdownNow();
        redis.close();
    }
}
