package io.lumbung.spring.cache;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.core.PriorityOrdered;

/** Puts {@link FencedLoads} before Spring's reading of annotations. */
// Among the first of its kind: those that follow make proxies, and to do so already read annotations.
final class LoadFencer implements BeanPostProcessor, PriorityOrdered {
    private final ObjectProvider<SpringCacheProperties> properties;

    LoadFencer(ObjectProvider<SpringCacheProperties> properties) {
        this.properties = properties;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        return bean instanceof CacheOperationSource annotations
                ? new FencedLoads(
                        annotations,
                        cache -> properties.getObject().nulls(cache).isPresent())
                : bean;
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }
}
