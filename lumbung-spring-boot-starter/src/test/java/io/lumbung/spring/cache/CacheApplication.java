package io.lumbung.spring.cache;

import io.lumbung.embedded.RedisServer;
import io.lumbung.spring.LumbungAutoConfiguration;
import java.util.UUID;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The smallest application with caches. */
@Configuration(proxyBeanMethods = false)
@Import(CacheApplication.Caching.class)
class CacheApplication {
    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    @Bean
    Catalog catalog() {
        return new Catalog();
    }

    static ApplicationContextRunner bare() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        CacheAutoConfiguration.class,
                        LumbungCacheAutoConfiguration.class,
                        LumbungAutoConfiguration.class));
    }

    /** On this server, below a prefix of its own. */
    static ApplicationContextRunner on(RedisServer server) {
        return bare().withUserConfiguration(CacheApplication.class)
                .withPropertyValues(
                        "lumbung.redis.url=" + server.url(),
                        // A busy machine must not look like a slow Redis: who waits too long loads by himself.
                        "lumbung.cache.deadline=3s",
                        "lumbung.key-prefix=" + UUID.randomUUID().toString().substring(0, 8));
    }
}
