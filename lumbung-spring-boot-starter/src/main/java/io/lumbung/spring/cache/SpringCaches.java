package io.lumbung.spring.cache;

import io.lumbung.Lumbung;
import io.lumbung.cache.CacheBuilder;
import io.lumbung.codec.TypeRef;
import io.lumbung.config.ConfigException;
import io.lumbung.spring.cache.SpringCacheProperties.Policy;
import java.util.Collection;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;

/** All of Spring's caches: those that are configured from the start, others when they are first named. */
final class SpringCaches implements CacheManager, AutoCloseable {
    private static final int MOST_LOADS = 128;

    private final Lumbung lumbung;
    private final SpringCacheProperties properties;
    private final Transactions transactions;
    private final @Nullable ClassLoader classes;
    private final ThreadPoolExecutor loads;
    private final Map<String, SpringCache> caches = new ConcurrentHashMap<>();

    SpringCaches(
            Lumbung lumbung,
            SpringCacheProperties properties,
            Transactions transactions,
            @Nullable ClassLoader classes) {
        this.lumbung = lumbung;
        this.properties = properties;
        this.transactions = transactions;
        this.classes = classes;
        this.loads = loads();
        properties.caches().keySet().forEach(name -> caches.put(name, declared(name)));
    }

    @Override
    public @Nullable Cache getCache(String name) {
        SpringCache known = caches.get(name);
        if (known != null || !properties.dynamic()) {
            return known;
        }
        return caches.computeIfAbsent(name, this::declared);
    }

    @Override
    public Collection<String> getCacheNames() {
        return new TreeSet<>(caches.keySet());
    }

    @Override
    public void close() {
        loads.shutdown();
    }

    private SpringCache declared(String name) {
        Policy policy = properties.policy(name);
        ValueType type = new ValueType(name);
        if (policy.type() != null && !policy.type().isBlank()) {
            type.declare(Types.named(SpringCacheProperties.name(name, "type"), policy.type(), classes));
        }
        return new SpringCache(
                built(name, type, policy), type, properties.nulls(name).isPresent(), transactions, loads);
    }

    @SuppressWarnings("unchecked") // what type its values have is this package's to check
    private io.lumbung.cache.Cache<Object> built(String name, ValueType type, Policy policy) {
        try {
            CacheBuilder<Object> builder = (CacheBuilder<Object>) lumbung.cache(name, TypeRef.of(type));
            properties.ttl(name).ifPresent(builder::ttl);
            properties.nulls(name).ifPresent(builder::nulls);
            properties.jitter(name).ifPresent(builder::jitter);
            properties.waitAtMost(name).ifPresent(builder::waitAtMost);
            properties.maxValueSize(name).ifPresent(size -> builder.maxValueBytes(bytes(size.toBytes())));
            if (properties.tagged(name)) {
                builder.tagged();
            }
            if (!policy.tags().isEmpty()) {
                builder.tags(policy.tags().toArray(String[]::new));
            }
            if (policy.plainJson()) {
                builder.plainJson();
            }
            if (policy.strict()) {
                builder.strict();
            }
            return builder.build();
        } catch (ConfigException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "cache '" + name + "' (" + SpringCacheProperties.PREFIX + "): " + e.getMessage());
        }
    }

    private static int bytes(long size) {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, size));
    }

    // A load that waits for a future blocks its thread; when all are busy the caller lends its own.
    private static ThreadPoolExecutor loads() {
        AtomicInteger count = new AtomicInteger();
        return new ThreadPoolExecutor(
                0,
                MOST_LOADS,
                30,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "lumbung-load-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
    }
}
