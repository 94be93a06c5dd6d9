package io.lumbung.spring.cache;

import io.lumbung.key.Key;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Spring's transactions: writes wait for the commit, and what was loaded inside a transaction that is rolled back is
 * dropped, since it may have been read from what was never committed.
 */
final class SpringTransactions implements Transactions {

    @Override
    public boolean deferPut(SpringCache cache, Key key, Object value) {
        return view(cache).map(view -> view.put(key, value)).orElse(false);
    }

    @Override
    public boolean deferEvict(SpringCache cache, Key key) {
        return view(cache).map(view -> view.evict(key)).orElse(false);
    }

    @Override
    public boolean deferClear(SpringCache cache) {
        return view(cache).map(View::clear).orElse(false);
    }

    @Override
    public boolean hasChanged(SpringCache cache, Key key) {
        return TransactionSynchronizationManager.getResource(cache) instanceof View view && view.hasChanged(key);
    }

    @Override
    public void loading(SpringCache cache, Key key) {
        if (!TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            view(cache).ifPresent(view -> view.loaded.add(key));
        }
    }

    private static Optional<View> view(SpringCache cache) {
        if (TransactionSynchronizationManager.getResource(cache) instanceof View view) {
            return Optional.of(view);
        }
        if (!TransactionSynchronizationManager.isSynchronizationActive()
                || !TransactionSynchronizationManager.isActualTransactionActive()) {
            return Optional.empty();
        }
        View view = new View(cache);
        TransactionSynchronizationManager.bindResource(cache, view);
        TransactionSynchronizationManager.registerSynchronization(view);
        return Optional.of(view);
    }

    /** What one transaction did to one cache. Belongs to the transaction's thread. */
    private static final class View implements TransactionSynchronization {
        private final SpringCache cache;
        // The last write of each key; null is an eviction.
        private final Map<Key, @Nullable Object> written = new LinkedHashMap<>();
        private final Set<Key> loaded = new HashSet<>();
        private boolean cleared;

        View(SpringCache cache) {
            this.cache = cache;
        }

        boolean put(Key key, Object value) {
            written.put(key, value);
            return true;
        }

        boolean evict(Key key) {
            written.put(key, null);
            return true;
        }

        boolean clear() {
            written.clear();
            cleared = true;
            return true;
        }

        boolean hasChanged(Key key) {
            return cleared || written.containsKey(key);
        }

        @Override
        public void suspend() {
            TransactionSynchronizationManager.unbindResourceIfPossible(cache);
        }

        @Override
        public void resume() {
            TransactionSynchronizationManager.bindResource(cache, this);
        }

        @Override
        public void afterCommit() {
            apply();
        }

        @Override
        public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResourceIfPossible(cache);
            if (status == STATUS_COMMITTED) {
                // What other synchronizations wrote after our own afterCommit.
                apply();
                return;
            }
            Set<Key> doubtful = new HashSet<>(loaded);
            if (status == STATUS_UNKNOWN) {
                doubtful.addAll(written.keySet());
            }
            if (status == STATUS_UNKNOWN && cleared) {
                cache.clearNow();
            } else if (!doubtful.isEmpty()) {
                cache.evictNow(doubtful);
            }
        }

        private void apply() {
            if (cleared) {
                cleared = false;
                cache.clearNow();
            }
            List<Key> evicted = new ArrayList<>();
            Map<Key, Object> put = new LinkedHashMap<>();
            written.forEach((key, value) -> {
                if (value == null) {
                    evicted.add(key);
                } else {
                    put.put(key, value);
                }
            });
            written.clear();
            if (!evicted.isEmpty()) {
                cache.evictNow(evicted);
            }
            put.forEach(cache::putNow);
        }
    }
}
