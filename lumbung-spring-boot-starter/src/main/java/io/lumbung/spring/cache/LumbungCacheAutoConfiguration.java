package io.lumbung.spring.cache;

import io.lumbung.Lumbung;
import io.lumbung.spring.LumbungAutoConfiguration;
import org.springframework.beans.factory.BeanClassLoaderAware;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.interceptor.CacheAspectSupport;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;

/**
 * Spring's {@link CacheManager} on Lumbung, for applications with {@code @EnableCaching}.
 *
 * <p>It steps back for a {@code CacheManager} of the application, for {@code spring.cache.type}, and for
 * {@code lumbung.spring-cache.enabled=false}. Unless the application has a {@link CachingConfigurer} of its own, the type
 * of each cache is learned from the methods that fill it, and every load is fenced; with one of its own, declare the types
 * and say {@code sync = true}.
 */
@AutoConfiguration(
        after = LumbungAutoConfiguration.class,
        beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
@ConditionalOnBean({Lumbung.class, CacheAspectSupport.class})
@ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
@ConditionalOnBooleanProperty(name = "lumbung.spring-cache.enabled", matchIfMissing = true)
@ConditionalOnProperty(name = "spring.cache.type", havingValue = "lumbung", matchIfMissing = true)
@EnableConfigurationProperties(SpringCacheProperties.class)
public final class LumbungCacheAutoConfiguration implements BeanClassLoaderAware {
    private static final String TRANSACTIONS =
            "org.springframework.transaction.support.TransactionSynchronizationManager";

    private ClassLoader classes = LumbungCacheAutoConfiguration.class.getClassLoader();

    @Override
    public void setBeanClassLoader(ClassLoader classLoader) {
        this.classes = classLoader;
    }

    @Bean
    CacheManager cacheManager(Lumbung lumbung, SpringCacheProperties properties) {
        boolean transactional = properties.transactionAware() && ClassUtils.isPresent(TRANSACTIONS, classes);
        return new SpringCaches(
                lumbung, properties, transactional ? new SpringTransactions() : Transactions.NONE, classes);
    }

    /** What makes annotations enough: types from signatures, and loads that an invalidation can revoke. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingBean(CachingConfigurer.class)
    static class Annotations {
        @Bean
        CachingConfigurer lumbungCachingConfigurer(ObjectProvider<CacheManager> caches) {
            return new CachingConfigurer() {
                @Override
                public CacheResolver cacheResolver() {
                    return new LearningResolver(caches.getObject());
                }
            };
        }

        @Bean
        static LoadFencer lumbungLoadFencer(ObjectProvider<SpringCacheProperties> properties) {
            return new LoadFencer(properties);
        }
    }
}
