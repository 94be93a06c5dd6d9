package io.lumbung.spring.cache;

import io.lumbung.cache.Cached;
import io.lumbung.cache.Fetched;
import io.lumbung.cache.Source;
import io.lumbung.error.CodecException;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * One of Spring's caches, kept by a Lumbung cache.
 *
 * <p>Neither reading nor writing fails the method it is wrapped around: without Redis a read is a miss, and a write that
 * was not confirmed is kept by Lumbung and repeated as an invalidation. Inside a transaction writes wait for the commit,
 * and keys it has written are read past the cache.
 */
final class SpringCache implements Cache {
    private static final Logger LOG = LoggerFactory.getLogger("io.lumbung.spring.cache");

    private final io.lumbung.cache.Cache<Object> cache;
    private final ValueType type;
    private final boolean nulls;
    private final Transactions transactions;
    private final Executor loads;

    SpringCache(
            io.lumbung.cache.Cache<Object> cache,
            ValueType type,
            boolean nulls,
            Transactions transactions,
            Executor loads) {
        this.cache = cache;
        this.type = type;
        this.nulls = nulls;
        this.transactions = transactions;
        this.loads = loads;
    }

    /** Takes over what the methods say that fill this cache. */
    void learn(Type returned, String by) {
        type.learn(returned, by);
    }

    @Override
    public String getName() {
        return cache.name();
    }

    @Override
    public Object getNativeCache() {
        return cache;
    }

    // Reading

    @Override
    public @Nullable ValueWrapper get(Object key) {
        Key known = readable(key);
        return transactions.hasChanged(this, known) ? null : wrapped(cache.get(known));
    }

    @Override
    @SuppressWarnings("unchecked") // checked against the class given
    public <T> @Nullable T get(Object key, @Nullable Class<T> wanted) {
        ValueWrapper found = get(key);
        Object value = found == null ? null : found.get();
        if (value != null && wanted != null && !wanted.isInstance(value)) {
            throw new IllegalStateException(
                    "cache '" + getName() + "' holds " + type.getTypeName() + ", asked for " + wanted.getName());
        }
        return (T) value;
    }

    @Override
    @SuppressWarnings("unchecked") // the type of this cache was learned from the loader's method
    public <T> @Nullable T get(Object key, Callable<T> loader) {
        Key known = readable(key);
        try {
            if (transactions.hasChanged(this, known)) {
                return called(loader);
            }
            return (T) cache.get(known, () -> {
                        transactions.loading(this, known);
                        return (Object) called(loader);
                    })
                    .orElse(null);
        } catch (LoaderFailure failure) {
            throw new ValueRetrievalException(key, loader, failure.getCause());
        }
    }

    @Override
    public CompletableFuture<?> retrieve(Object key) {
        Key known = readable(key);
        return transactions.hasChanged(this, known)
                ? CompletableFuture.completedFuture(null)
                : CompletableFuture.supplyAsync(() -> wrapped(cache.get(known)), loads);
    }

    @Override
    @SuppressWarnings("unchecked") // as above
    public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> loader) {
        Key known = readable(key);
        if (transactions.hasChanged(this, known)) {
            return loader.get();
        }
        // The load runs on another thread, which does not see the transaction.
        transactions.loading(this, known);
        CompletableFuture<T> result = new CompletableFuture<>();
        loads.execute(() -> {
            try {
                result.complete(
                        (T) cache.get(known, () -> (Object) awaited(loader)).orElse(null));
            } catch (LoaderFailure failure) {
                result.completeExceptionally(failure.getCause());
            } catch (Throwable failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }

    // Writing

    @Override
    public void put(Object key, @Nullable Object value) {
        Key known = readable(key);
        if (value == null && !nulls) {
            // That there is no value is news as well: what was stored before is wrong now.
            evict(known);
            return;
        }
        Object stored = value == null ? Null.VALUE : value;
        if (!transactions.deferPut(this, known, stored)) {
            putNow(known, stored);
        }
    }

    @Override
    public @Nullable ValueWrapper putIfAbsent(Object key, @Nullable Object value) {
        Key known = readable(key);
        if (transactions.hasChanged(this, known)) {
            put(known, value);
            return null;
        }
        Fetched<Object> found = cache.fetch(known, () -> {
            transactions.loading(this, known);
            return value;
        });
        return found.source() == Source.LOADED || found.source() == Source.BYPASS
                ? null
                : new SimpleValueWrapper(found.value().orElse(null));
    }

    @Override
    public void evict(Object key) {
        Key known = Keys.key(getName(), key);
        if (!transactions.deferEvict(this, known)) {
            evictNow(List.of(known));
        }
    }

    /** At once, and inside a transaction once more after its commit: others may store the old value until then. */
    @Override
    public boolean evictIfPresent(Object key) {
        Key known = Keys.key(getName(), key);
        transactions.deferEvict(this, known);
        return evictNow(List.of(known));
    }

    @Override
    public void clear() {
        if (!transactions.deferClear(this)) {
            clearNow();
        }
    }

    /** As {@link #evictIfPresent}, for everything. */
    @Override
    public boolean invalidate() {
        transactions.deferClear(this);
        return clearNow();
    }

    void putNow(Key key, Object value) {
        try {
            cache.put(key, value == Null.VALUE ? null : value);
        } catch (StoreException e) {
            kept("put", key, e);
        } catch (CodecException | IllegalArgumentException e) {
            LOG.warn(
                    "cache '{}': a value is not stored, and the one before it is dropped: {}",
                    getName(),
                    e.getMessage());
            evictNow(List.of(key));
        }
    }

    boolean evictNow(Collection<Key> keys) {
        try {
            return cache.invalidateAll(keys) > 0;
        } catch (StoreException e) {
            kept("evict", keys, e);
            return false;
        }
    }

    boolean clearNow() {
        try {
            return cache.clear().orElse(1) > 0;
        } catch (StoreException e) {
            kept("clear", "", e);
            return false;
        }
    }

    // Said at ERROR where it is kept, once per outage and not once per write.
    private void kept(String operation, Object what, StoreException e) {
        LOG.debug("cache '{}': {} {} is kept and repeated: {}", getName(), operation, what, e.getMessage());
    }

    private Key readable(Object key) {
        type.actual();
        return Keys.key(getName(), key);
    }

    private static @Nullable ValueWrapper wrapped(Cached<Object> found) {
        return found.isHit() ? new SimpleValueWrapper(found.value().orElse(null)) : null;
    }

    private static <T> @Nullable T called(Callable<T> loader) throws LoaderFailure {
        try {
            return loader.call();
        } catch (Exception e) {
            throw new LoaderFailure(e);
        }
    }

    private static <T> @Nullable T awaited(Supplier<CompletableFuture<T>> loader) throws LoaderFailure {
        try {
            return loader.get().get();
        } catch (ExecutionException e) {
            throw new LoaderFailure(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoaderFailure(e);
        } catch (RuntimeException e) {
            throw new LoaderFailure(e);
        }
    }

    /** Stands for a null that is to be stored. */
    private enum Null {
        VALUE
    }

    /** Tells what the loader threw from what the cache threw. */
    private static final class LoaderFailure extends Exception {
        private static final long serialVersionUID = 1L;

        LoaderFailure(Throwable cause) {
            super(null, cause, false, false);
        }
    }
}
