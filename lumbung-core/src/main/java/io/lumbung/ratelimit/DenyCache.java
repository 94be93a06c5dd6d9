package io.lumbung.ratelimit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.lumbung.error.StoreException;
import io.lumbung.redis.ChannelListener;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Refusals that still stand, so that a flood of a refused subject does not reach Redis.
 *
 * <p>Sound because nothing but time makes a refused request admissible, except what is said on one channel: a refund, a
 * reset, an override. A refusal counts from before its request was sent, so it never stands longer here than on the
 * server. It is not kept if its subject was spoken of meanwhile, nor while the channel cannot be heard, and never for more
 * than {@link #LONGEST}: the bound if the server's clock jumps or its data is lost. Thread-safe.
 */
final class DenyCache implements ChannelListener, AutoCloseable {
    static final Duration LONGEST = Duration.ofSeconds(2);

    private static final int MOST = 10_000;
    private static final int STRIPES = 1 << 14;
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final Redis redis;
    private final String channel;
    private final Executor worker;
    private final LongSupplier nanoTime;
    private final Cache<LimitedSubject, Denial> denials;
    private final AtomicLongArray changes = new AtomicLongArray(STRIPES);
    private final AtomicBoolean opened = new AtomicBoolean();
    private volatile @Nullable Subscription subscription;
    private volatile boolean up;
    private volatile boolean closed;

    DenyCache(Redis redis, String channel, Executor worker, LongSupplier nanoTime) {
        this.redis = redis;
        this.channel = channel;
        this.worker = worker;
        this.nanoTime = nanoTime;
        this.denials = Caffeine.newBuilder()
                .maximumSize(MOST)
                .expireAfterWrite(LONGEST)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /** Subscribes, once per process, in the background; until it stands nothing is kept. */
    void open() {
        if (closed || opened.get() || !opened.compareAndSet(false, true)) {
            return;
        }
        try {
            worker.execute(this::subscribe);
        } catch (RejectedExecutionException e) {
            opened.set(false);
        }
    }

    private void subscribe() {
        try {
            Subscription made = redis.subscribe(channel, this, Deadline.in(PATIENCE));
            subscription = made;
            if (closed) {
                made.close();
            }
        } catch (StoreException e) {
            opened.set(false);
        }
    }

    /** Whether refusals are kept just now. */
    boolean isUp() {
        return up;
    }

    /** The refusal of this or a smaller cost that still stands, told anew. */
    Optional<Decision.Refused> find(LimitedSubject subject, long cost) {
        if (!up) {
            open();
            return Optional.empty();
        }
        Denial denial = denials.getIfPresent(subject);
        if (denial == null || cost < denial.refused.cost() || denial.ticket != ticket(subject)) {
            return Optional.empty();
        }
        long now = nanoTime.getAsLong();
        return denial.until - now > 0 ? Optional.of(denial.told(now, cost)) : Optional.empty();
    }

    /** How often something was said of this subject; ask before the request is sent, and keep its refusal with it. */
    long ticket(LimitedSubject subject) {
        return changes.get(stripe(subject));
    }

    /** Keeps a refusal whose request was sent at {@code sentNanos}; it stands while the ticket is the latest. */
    void keep(LimitedSubject subject, long ticket, long sentNanos, Decision.Refused refused) {
        if (!up) {
            return;
        }
        long wait = refused.retryAfter().toNanos();
        long until = sentNanos + Math.min(wait, LONGEST.toNanos());
        denials.put(subject, new Denial(refused, ticket, until, nanoTime.getAsLong() + wait));
    }

    /** Forgets one subject, because something about it changed. */
    void forget(LimitedSubject subject) {
        changes.incrementAndGet(stripe(subject));
        denials.invalidate(subject);
    }

    /** Forgets all, because limits changed. */
    void forgetAll() {
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            changes.incrementAndGet(stripe);
        }
        denials.invalidateAll();
    }

    @Override
    public void message(byte[] message) {
        forget(LimitedSubject.parse(new String(message, StandardCharsets.UTF_8)));
    }

    @Override
    public void linkUp() {
        forgetAll();
        up = !closed;
    }

    @Override
    public void linkDown() {
        up = false;
        forgetAll();
    }

    @Override
    public void close() {
        closed = true;
        up = false;
        Subscription made = subscription;
        if (made != null) {
            made.close();
        }
        denials.invalidateAll();
    }

    private static int stripe(LimitedSubject subject) {
        int hash = subject.hashCode();
        return (hash ^ hash >>> 16) & STRIPES - 1;
    }

    /**
     * A refusal that stands.
     *
     * @param ticket the subject's when the request was sent
     * @param until on the monotonic clock, when it may no longer stand on the server
     * @param retryAt on the monotonic clock, when it certainly no longer does
     */
    private record Denial(Decision.Refused refused, long ticket, long until, long retryAt) {
        Decision.Refused told(long now, long cost) {
            return new Decision.Refused(
                    refused.limiter(),
                    refused.subject(),
                    cost,
                    DecisionSource.DENY_CACHE,
                    refused.limits(),
                    Duration.ofNanos(Math.max(1, retryAt - now)),
                    refused.limit());
        }
    }
}
