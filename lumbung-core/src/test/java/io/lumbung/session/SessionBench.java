package io.lumbung.session;

import io.lumbung.codec.JsonCodec;
import io.lumbung.config.LumbungConfig;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.SessionEvent;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Gateway;
import io.lumbung.redis.Kernel;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Reply;
import io.lumbung.redis.WatchedRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** One process as far as sessions can tell: a connection that is watched, and sessions on it. */
final class SessionBench implements AutoCloseable {
    /** A busy build machine may let a thread wait longer than a healthy Redis ever takes. */
    static final Duration PATIENT = Duration.ofSeconds(5);

    final Collection<SessionEvent> observed = new ConcurrentLinkedQueue<>();
    final KeySpace keys = new KeySpace("app");
    final Gateway redis;
    final WatchedRedis watched;

    private final Duration deadline;
    private final boolean telling;
    private final ScheduledThreadPoolExecutor timer;
    private final ExecutorService worker;

    private SessionBench(String url, Duration deadline, boolean telling) {
        this.deadline = deadline;
        this.telling = telling;
        timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, "bench-timer"));
        worker = Executors.newFixedThreadPool(2, task -> daemon(task, "bench-worker"));
        LumbungConfig.Builder config = LumbungConfig.builder().url(url);
        if (deadline.equals(PATIENT)) {
            config.connectTimeout(Duration.ofSeconds(10)).startTimeout(Duration.ofSeconds(30));
        }
        redis = Gateway.connect(config.build().redis(), Duration.ofMillis(250), this::note, worker);
        watched = new WatchedRedis(redis);
    }

    /** With all the time of the world. */
    static SessionBench at(String url) {
        return at(url, PATIENT);
    }

    static SessionBench at(String url, Duration deadline) {
        return new SessionBench(url, deadline, false);
    }

    /** With all the time of the world, noting when sessions die. */
    static SessionBench telling(String url) {
        return new SessionBench(url, PATIENT, true);
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    Sessions sessions(SessionPolicy policy) {
        return Sessions.on(kernel(watched), telling ? policy.withExpiryEvents() : policy, deadline);
    }

    /** What sessions stand on, with another way to the same Redis. */
    Kernel kernel(Redis way) {
        return new Kernel(way, way, keys, new JsonCodec(), this::note, timer, worker, worker);
    }

    StoreKey key(SessionRef ref) {
        return keys.session(ref.bucket(), ref.hash());
    }

    StoreKey key(SessionToken token) {
        return key(token.ref());
    }

    StoreKey index(String user) {
        return keys.sessionIndex(user);
    }

    /** Asks Redis itself, for a number. */
    long number(String command, StoreKey key, Object... args) {
        return redis.call(Command.on("test", command, key, Reply::number, args), soon());
    }

    /** Asks Redis itself, for a text; empty if there is none. */
    String text(String command, StoreKey key, Object... args) {
        return redis.call(Command.on("test", command, key, reply -> reply.isNull() ? "" : reply.text(), args), soon());
    }

    /** The server's time in ms. */
    long now() {
        return redis.call(
                Command.plain(
                        "test",
                        "TIME",
                        reply -> Long.parseLong(reply.list().get(0).text()) * 1_000),
                soon());
    }

    boolean exists(StoreKey key) {
        return number("EXISTS", key) == 1;
    }

    long pttl(StoreKey key) {
        return number("PTTL", key);
    }

    /** The members of an index, dead ones included. */
    List<String> members(StoreKey index) {
        return redis.call(
                Command.on("test", "ZRANGE", index, reply -> reply.texts().toList(), 0, -1), soon());
    }

    /** The members of an index that do not die before this moment. */
    List<String> membersFrom(StoreKey index, long millis) {
        return redis.call(
                Command.on(
                        "test", "ZRANGEBYSCORE", index, reply -> reply.texts().toList(), millis, "+inf"),
                soon());
    }

    /** The key of a session that is called {@code text}. */
    StoreKey session(String text) {
        int brace = text.indexOf('{');
        return keys.session(text.substring(brace + 1, brace + 3), text.substring(brace + 5));
    }

    /** Whether a user's index says that a session dies then. */
    boolean dies(String user, SessionToken token, Instant from, Instant to) {
        return redis.call(
                        Command.on(
                                "test",
                                "ZRANGEBYSCORE",
                                index(user),
                                reply -> reply.texts().toList(),
                                from.toEpochMilli(),
                                to.toEpochMilli()),
                        soon())
                .contains(token.ref().member());
    }

    /** All keys whose names hold {@code text}. */
    List<String> keysWith(String text) {
        List<String> found = new ArrayList<>();
        redis.scan("*" + text + "*", PATIENT, found::addAll);
        return found.stream().sorted().distinct().toList();
    }

    static Deadline soon() {
        return Deadline.in(PATIENT);
    }

    private void note(Observation observation) {
        if (observation instanceof Observation.Session session) {
            observed.add(session.event());
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
        worker.shutdownNow();
        redis.close();
    }
}
