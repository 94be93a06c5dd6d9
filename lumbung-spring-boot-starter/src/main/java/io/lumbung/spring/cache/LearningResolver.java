package io.lumbung.spring.cache;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.interceptor.BasicOperation;
import org.springframework.cache.interceptor.CacheOperationInvocationContext;
import org.springframework.cache.interceptor.CachePutOperation;
import org.springframework.cache.interceptor.CacheableOperation;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.core.MethodClassKey;

/** Finds the caches of a call, and tells each of them the type of what the method will store in it. */
final class LearningResolver extends SimpleCacheResolver {
    private final Set<MethodClassKey> learned = ConcurrentHashMap.newKeySet();

    LearningResolver(CacheManager caches) {
        super(caches);
    }

    @Override
    public Collection<? extends Cache> resolveCaches(CacheOperationInvocationContext<?> call) {
        Collection<? extends Cache> caches = new ArrayList<>(super.resolveCaches(call));
        BasicOperation operation = call.getOperation();
        if (operation instanceof CacheableOperation || operation instanceof CachePutOperation) {
            Class<?> target = call.getTarget().getClass();
            MethodClassKey method = new MethodClassKey(call.getMethod(), target);
            if (!learned.contains(method)) {
                learn(caches, call.getMethod(), target);
                learned.add(method);
            }
        }
        return caches;
    }

    private static void learn(Collection<? extends Cache> caches, Method method, Class<?> target) {
        Types.returned(method, target).ifPresent(type -> {
            String by = method.getDeclaringClass().getSimpleName() + "." + method.getName();
            for (Cache cache : caches) {
                if (cache instanceof SpringCache ours) {
                    ours.learn(type, by);
                }
            }
        });
    }
}
