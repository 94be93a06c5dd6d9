package io.lumbung.cache;

import io.lumbung.codec.JsonCodec;
import io.lumbung.config.LumbungConfig;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Gateway;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Reply;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.UnaryOperator;

/** One process as far as a cache can tell: a connection, threads, an observer that remembers, and caches on them. */
final class CacheBench implements AutoCloseable {
    final Collection<CacheEvent> events = new ConcurrentLinkedQueue<>();
    final KeySpace keys = new KeySpace("app");
    final Gateway redis;
    final ScheduledExecutorService timer;
    final ExecutorService worker;
    final Kernel kernel;
    final Caches caches;

    private CacheBench(String url, CacheDefaults defaults, UnaryOperator<Redis> decoration) {
        timer = timer();
        worker = Executors.newFixedThreadPool(4, task -> daemon(task, "bench-worker"));
        redis = Gateway.connect(
                LumbungConfig.builder().url(url).build().redis(), Duration.ofMillis(250), this::note, worker);
        Redis seen = decoration.apply(redis);
        kernel = new Kernel(seen, seen, keys, new JsonCodec(), this::note, timer, worker, worker);
        caches = Caches.on(kernel, defaults);
    }

    static CacheBench at(String url) {
        return new CacheBench(url, patient(), UnaryOperator.identity());
    }

    static CacheBench at(String url, CacheDefaults defaults, UnaryOperator<Redis> decoration) {
        return new CacheBench(url, defaults, decoration);
    }

    /** A busy build machine may let a thread wait longer than a healthy Redis ever takes. */
    static CacheDefaults patient() {
        return CacheDefaults.standard().withDeadline(Duration.ofSeconds(5));
    }

    static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "bench-timer"));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    long count(CacheEvent event) {
        return events.stream().filter(seen -> seen == event).count();
    }

    StoreKey valueKey(String cache, Key key) {
        return keys.cacheValue(keys.cachePrefix(cache), key);
    }

    /** The bytes under a key, as text; empty if there are none. */
    String raw(StoreKey key) {
        Reply reply = redis.call(Command.on("test", "GET", key, r -> r), soon());
        return reply.isNull() ? "" : reply.text();
    }

    void store(StoreKey key, String text) {
        redis.call(Command.on("test", "SET", key, Reply::text, text, "PX", 60_000), soon());
    }

    boolean drop(StoreKey key) {
        return redis.call(Command.on("test", "DEL", key, Reply::number), soon()) == 1;
    }

    long pttl(StoreKey key) {
        return redis.call(Command.on("test", "PTTL", key, Reply::number), soon());
    }

    void push(StoreKey key, String text) {
        redis.call(Command.on("test", "RPUSH", key, Reply::number, text), soon());
    }

    static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(5));
    }

    List<CacheEvent> eventsSince(int before) {
        return events.stream().skip(before).toList();
    }

    private void note(Observation observation) {
        if (observation instanceof Observation.Cache cache) {
            events.add(cache.event());
        }
    }

    @Override
    public void close() {
        caches.close();
        timer.shutdownNow();
        worker.shutdownNow();
        redis.close();
    }
}
