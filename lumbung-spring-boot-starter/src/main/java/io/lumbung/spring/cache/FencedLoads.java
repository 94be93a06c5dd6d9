package io.lumbung.spring.cache;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.core.MethodClassKey;

/**
 * Reads every {@code @Cacheable} as if it said {@code sync = true}, where Spring allows that.
 *
 * <p>Without it Spring reads and stores in two steps, and a value that was read before somebody's write can be stored
 * after the write's invalidation, where it stays for its whole time to live. In one step the load holds a lease that the
 * invalidation revokes, and is the only one in all processes.
 */
final class FencedLoads implements CacheOperationSource {
    private static final String NOT_NULL = "#result==null";

    private final CacheOperationSource annotations;
    private final Predicate<String> storesNulls;
    private final Map<MethodClassKey, Optional<Collection<CacheOperation>>> fenced = new ConcurrentHashMap<>();

    /** @param storesNulls whether the cache of this name does */
    FencedLoads(CacheOperationSource annotations, Predicate<String> storesNulls) {
        this.annotations = annotations;
        this.storesNulls = storesNulls;
    }

    @Override
    public boolean isCandidateClass(Class<?> targetClass) {
        return annotations.isCandidateClass(targetClass);
    }

    @Override
    public boolean hasCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return annotations.hasCacheOperations(method, targetClass);
    }

    @Override
    public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> targetClass) {
        return fenced.computeIfAbsent(
                        new MethodClassKey(method, targetClass),
                        key -> Optional.ofNullable(annotations.getCacheOperations(method, targetClass))
                                .map(this::fenced))
                .orElse(null);
    }

    private Collection<CacheOperation> fenced(Collection<CacheOperation> operations) {
        if (operations.size() == 1
                && operations.iterator().next() instanceof CacheableOperation load
                && canBeFenced(load)) {
            return List.of(inOneStep(load));
        }
        return operations;
    }

    private boolean canBeFenced(CacheableOperation load) {
        if (load.isSync()
                || load.getCacheNames().size() != 1
                || !load.getCacheManager().isEmpty()
                || !load.getCacheResolver().isEmpty()) {
            return false;
        }
        String unless = load.getUnless() == null ? "" : load.getUnless().replace(" ", "");
        boolean onlyNotNull = unless.equals(NOT_NULL)
                && !storesNulls.test(load.getCacheNames().iterator().next());
        return unless.isEmpty() || onlyNotNull;
    }

    private static CacheableOperation inOneStep(CacheableOperation load) {
        CacheableOperation.Builder builder = new CacheableOperation.Builder();
        builder.setName(load.getName());
        builder.setCacheNames(load.getCacheNames().toArray(String[]::new));
        builder.setKey(load.getKey());
        builder.setKeyGenerator(load.getKeyGenerator());
        builder.setCondition(load.getCondition());
        builder.setSync(true);
        return builder.build();
    }
}
