package io.lumbung;

import io.lumbung.cache.CacheBuilder;
import io.lumbung.cache.CacheDefaults;
import io.lumbung.cache.Caches;
import io.lumbung.codec.Codec;
import io.lumbung.codec.JsonCodec;
import io.lumbung.codec.TypeRef;
import io.lumbung.config.Deadlines;
import io.lumbung.config.LumbungConfig;
import io.lumbung.config.OnEviction;
import io.lumbung.doctor.Doctor;
import io.lumbung.doctor.Finding;
import io.lumbung.doctor.UnsafeServerException;
import io.lumbung.error.StoreException;
import io.lumbung.key.KeySpace;
import io.lumbung.lock.LockDefaults;
import io.lumbung.lock.Locks;
import io.lumbung.observe.Observer;
import io.lumbung.ratelimit.RateLimiterBuilder;
import io.lumbung.ratelimit.RateLimiters;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Gateway;
import io.lumbung.redis.Kernel;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door: everything Lumbung offers, on one connected Redis (or two, if state has a server of its own).
 *
 * <p>Connect once per application, share it among all threads, close it at the end. Closing lets background work end and
 * is idempotent; what was obtained here throws {@code IllegalStateException("Redis not connected")} from then on.
 */
public final class Lumbung implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung");
    private static final Duration LAST_WORK = Duration.ofSeconds(1);

    private final LumbungConfig config;
    private final Gateway cacheGateway;
    private final Gateway stateGateway;
    private final boolean twoServers;
    private final Doctor doctor;
    private final ScheduledExecutorService timer;
    private final ExecutorService worker;
    private final ExecutorService prompt;
    private final Kernel kernel;
    private final Caches caches;
    private final RateLimiters rateLimiters;
    private final Sessions sessions;
    private final Locks locks;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile boolean stateAtRisk;

    private Lumbung(
            LumbungConfig config,
            Gateway cacheGateway,
            Gateway stateGateway,
            ScheduledExecutorService timer,
            ExecutorService worker,
            ExecutorService prompt,
            Observer observer,
            Codec codec) {
        this.config = config;
        this.cacheGateway = cacheGateway;
        this.stateGateway = stateGateway;
        this.twoServers = config.state().isPresent();
        this.timer = timer;
        this.worker = worker;
        this.prompt = prompt;
        this.doctor = Doctor.of(
                stateGateway, config.deadlines().redis(), config.stateServer().sentinelMaster());
        this.kernel = new Kernel(
                cacheGateway, stateGateway, new KeySpace(config.keyPrefix()), codec, observer, timer, worker, prompt);
        this.caches = Caches.on(
                kernel,
                CacheDefaults.standard()
                        .withTtl(config.cacheDefaultTtl())
                        .withDeadline(config.deadlines().cache())
                        .withLongestDeadline(config.redis().readTimeout()));
        this.rateLimiters = RateLimiters.on(
                kernel, config.deadlines().rateLimit(), config.stateServer().readTimeout());
        this.sessions = sessions(SessionPolicy.standard().withIdle(config.sessionTtl()));
        this.locks = Locks.on(
                kernel,
                new LockDefaults(
                        config.lockTtl(),
                        config.lockMaxWait(),
                        config.deadlines().lock()));
    }

    /** As {@link #connect(LumbungConfig, Observer, Codec)}, observed by nobody and with {@link JsonCodec}. */
    public static Lumbung connect(LumbungConfig config) {
        return connect(config, Observer.NONE, new JsonCodec());
    }

    /**
     * Connects to the servers of {@code config}, verifies them with PING, and looks whether they suit.
     *
     * @param observer told what happens, see {@link Observer}
     * @param codec writes and reads all values
     * @throws io.lumbung.error.StoreUnavailableException {@code failed to connect to Redis at HOST:PORT}, unless Redis
     *     is not required at start
     * @throws UnsafeServerException if state may be evicted and {@code config} says to refuse that
     */
    public static Lumbung connect(LumbungConfig config, Observer observer, Codec codec) {
        Objects.requireNonNull(observer, "observer");
        Objects.requireNonNull(codec, "codec");
        ScheduledExecutorService timer = Threads.timer();
        ExecutorService worker = Threads.worker();
        ExecutorService prompt = Threads.prompt();
        Gateway cache = null;
        Gateway state = null;
        Lumbung lumbung = null;
        try {
            cache = Gateway.connect(config.redis(), quickest(config, true), observer, worker);
            state = config.state().isPresent()
                    ? Gateway.connect(config.state().get(), quickest(config, false), observer, worker)
                    : cache;
            Lumbung connected = new Lumbung(config, cache, state, timer, worker, prompt, observer, codec);
            connected.examineAtStart();
            state.onRecovery(connected::examine);
            lumbung = connected;
            return connected;
        } finally {
            if (lumbung == null) {
                if (state != null) {
                    state.close();
                }
                if (cache != null) {
                    cache.close();
                }
                timer.shutdownNow();
                worker.shutdownNow();
                prompt.shutdownNow();
            }
        }
    }

    /** The settings this was connected with. */
    public LumbungConfig config() {
        return config;
    }

    /**
     * Begins to declare a cache of values of one class; {@code build()} ends it. Declare each cache once and keep it.
     *
     * @throws IllegalStateException if closed
     */
    public <V> CacheBuilder<V> cache(String name, Class<V> type) {
        return caches().cache(name, type);
    }

    /** As {@link #cache(String, Class)}, for values of a generic type: {@code new TypeRef<List<User>>() {}}. */
    public <V> CacheBuilder<V> cache(String name, TypeRef<V> type) {
        return caches().cache(name, type);
    }

    /**
     * All caches of this application.
     *
     * @throws IllegalStateException if closed
     */
    public Caches caches() {
        requireOpen();
        return caches;
    }

    /**
     * Makes every entry that carries {@code tag} invalid at once, in every cache of the application. One round trip.
     *
     * @throws StoreException if Redis did not confirm it; it is kept and repeated
     * @throws IllegalStateException if closed
     */
    public void invalidateTag(String tag) {
        caches().invalidateTag(tag);
    }

    /**
     * Begins to declare a rate limiter; {@code build()} ends it. Declare each limiter once and keep it.
     *
     * @throws IllegalStateException if closed
     */
    public RateLimiterBuilder rateLimiter(String name) {
        return rateLimiters().limiter(name);
    }

    /**
     * All rate limiters of this application.
     *
     * @throws IllegalStateException if closed
     */
    public RateLimiters rateLimiters() {
        requireOpen();
        return rateLimiters;
    }

    /**
     * The sessions of this application, by {@link SessionPolicy#standard()} with the configured time to live.
     *
     * @throws IllegalStateException if closed
     */
    public Sessions sessions() {
        requireOpen();
        return sessions;
    }

    /**
     * The sessions of this application, by another policy: for those created through what is returned, and what is done
     * to others through it.
     *
     * @throws IllegalStateException if closed
     */
    public Sessions sessions(SessionPolicy policy) {
        requireOpen();
        return Sessions.on(kernel, policy, config.deadlines().session());
    }

    /**
     * The locks of this application.
     *
     * @throws IllegalStateException if closed
     */
    public Locks locks() {
        requireOpen();
        return locks;
    }

    /**
     * What features are built on.
     *
     * @throws IllegalStateException if closed
     */
    public Kernel kernel() {
        requireOpen();
        return kernel;
    }

    /**
     * Asks every server with PING, and waits for it at most the deadline of health checks (500 ms each). Never throws
     * because Redis is away.
     *
     * @throws IllegalStateException if closed
     */
    public Health health() {
        requireOpen();
        long began = System.nanoTime();
        try {
            Duration latency = cacheGateway.ping(deadline());
            Optional<Instant> connectedAt = cacheGateway.connectedAt();
            if (twoServers) {
                Duration other = stateGateway.ping(deadline());
                latency = other.compareTo(latency) > 0 ? other : latency;
            }
            if (stateAtRisk) {
                // The danger may be over: somebody may have followed our advice.
                examine();
            }
            return new Health(Health.Status.HEALTHY, latency, connectedAt, stateAtRisk);
        } catch (StoreException e) {
            LOG.debug("unhealthy", e);
            Duration waited = Duration.ofNanos(System.nanoTime() - began);
            return new Health(Health.Status.UNHEALTHY, waited, Optional.empty(), stateAtRisk);
        }
    }

    /** Ends background work and all connections. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        locks.close();
        rateLimiters.close();
        caches.close();
        timer.shutdownNow();
        prompt.shutdown();
        worker.shutdown();
        try {
            if (!worker.awaitTermination(LAST_WORK.toMillis(), TimeUnit.MILLISECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (twoServers) {
            stateGateway.close();
        }
        cacheGateway.close();
    }

    @Override
    public String toString() {
        return "Lumbung on " + cacheGateway.address() + (twoServers ? ", state on " + stateGateway.address() : "");
    }

    private void examineAtStart() {
        List<Finding> findings = doctor.eviction().orElse(List.of());
        if (!findings.isEmpty() && config.onEviction() == OnEviction.REFUSE) {
            throw new UnsafeServerException("lumbung.state.on-eviction=refuse", findings);
        }
        judge(findings);
    }

    private void examine() {
        if (!closed.get()) {
            doctor.eviction().ifPresent(this::judge);
        }
    }

    private void judge(List<Finding> findings) {
        stateAtRisk = !findings.isEmpty();
        if (!findings.isEmpty() && warned.compareAndSet(false, true)) {
            LOG.warn("state at risk: {}", text(findings));
        }
    }

    private static String text(List<Finding> findings) {
        return findings.stream().map(Finding::toString).collect(Collectors.joining(" "));
    }

    private Deadline deadline() {
        return Deadline.in(config.deadlines().redis());
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("Redis not connected");
        }
    }

    private static Duration quickest(LumbungConfig config, boolean cachePlane) {
        Deadlines all = config.deadlines();
        Stream<Duration> state =
                Stream.of(all.rateLimit(), all.session(), all.lock(), all.counter(), all.leaderboard(), all.events());
        Stream<Duration> used = !cachePlane
                ? state
                : config.state().isPresent() ? Stream.of(all.cache()) : Stream.concat(Stream.of(all.cache()), state);
        return used.min(Duration::compareTo).orElseThrow();
    }
}
