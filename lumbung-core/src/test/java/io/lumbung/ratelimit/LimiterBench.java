package io.lumbung.ratelimit;

import static org.awaitility.Awaitility.await;

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
import io.lumbung.redis.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongSupplier;

/** One process as far as a limiter can tell: a connection whose calls are listed, threads, and limiters on them. */
final class LimiterBench implements AutoCloseable {
    /** A busy build machine may let a thread wait longer than a healthy Redis ever takes. */
    static final Duration PATIENT = Duration.ofSeconds(5);

    final Collection<Observation.RateLimit> observed = new ConcurrentLinkedQueue<>();
    final KeySpace keys = new KeySpace("app");
    final Gateway redis;
    final ListedRedis listed;
    final LimiterWorkshop workshop;
    final RateLimiters limiters;
    /** How its limiters wait. */
    volatile Pause pause = Pause.REAL;

    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService worker;

    private LimiterBench(String url, Duration deadline, LongSupplier denyClock) {
        timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "bench-timer"));
        timer.setRemoveOnCancelPolicy(true);
        worker = Executors.newFixedThreadPool(4, task -> daemon(task, "bench-worker"));
        LumbungConfig.Builder config = LumbungConfig.builder().url(url);
        if (deadline.equals(PATIENT)) {
            config.connectTimeout(Duration.ofSeconds(10)).startTimeout(Duration.ofSeconds(30));
        }
        redis = Gateway.connect(config.build().redis(), Duration.ofMillis(250), this::note, worker);
        listed = new ListedRedis(redis);
        Kernel kernel = new Kernel(listed, listed, keys, new JsonCodec(), this::note, timer, worker, worker);
        LimiterWorkshop usual = LimiterWorkshop.of(kernel, nanos -> pause.of(nanos));
        workshop = new LimiterWorkshop(
                kernel,
                new DenyCache(listed, keys.rateLimitChannel(), worker, denyClock),
                usual.instances(),
                usual.time(),
                usual.outage(),
                usual.pause());
        limiters = RateLimiters.with(workshop, deadline, Duration.ofHours(24));
    }

    /** With all the time of the world. */
    static LimiterBench at(String url) {
        return at(url, PATIENT);
    }

    static LimiterBench at(String url, Duration deadline) {
        return new LimiterBench(url, deadline, System::nanoTime);
    }

    /** Whose refusals never end by themselves: what it no longer refuses, it was told of. */
    static LimiterBench whereTimeStandsStill(String url) {
        long now = System.nanoTime();
        return new LimiterBench(url, PATIENT, () -> now);
    }

    /** Waits until refusals are kept. */
    LimiterBench listening() {
        workshop.denied().open();
        await().until(() -> workshop.denied().isUp());
        return this;
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    StoreKey key(RateLimiter limiter, String subject) {
        return keys.rateLimit(limiter.name(), Key.of(subject));
    }

    /** What is stored under a key, whatever it is; empty if nothing is. */
    String dump(StoreKey key) {
        return redis.call(Command.on("test", "DUMP", key, reply -> reply.isNull() ? "" : hex(reply.bytes())), soon());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    long pttl(StoreKey key) {
        return redis.call(Command.on("test", "PTTL", key, Reply::number), soon());
    }

    /** All keys whose names hold {@code text}. */
    List<String> keysWith(String text) {
        List<String> found = new ArrayList<>();
        redis.scan("*" + text + "*", PATIENT, found::addAll);
        return found.stream().sorted().distinct().toList();
    }

    /** Asks every master. */
    void everywhere(String command, Object... words) {
        redis.masters()
                .forEach(master -> redis.sendTo(master, Command.plain("test", command, r -> r, words), soon())
                        .await());
    }

    static Deadline soon() {
        return Deadline.in(PATIENT);
    }

    private void note(Observation observation) {
        if (observation instanceof Observation.RateLimit decision) {
            observed.add(decision);
        }
    }

    @Override
    public void close() {
        limiters.close();
        timer.shutdownNow();
        worker.shutdownNow();
        redis.close();
    }
}
