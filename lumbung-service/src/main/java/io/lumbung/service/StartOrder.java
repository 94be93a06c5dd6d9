package io.lumbung.service;

import java.util.List;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/**
 * The order in which the service starts, and the other way round in which it ends: configuration, logging, PostgreSQL
 * with its migrations, Redis, the caches, the use cases, HTTP.
 *
 * <p>All of it but one step follows from who needs whom. Redis does not need PostgreSQL; that it waits for it is said
 * here, so that a service without a database says so first, and the last writes of a stopping one find Redis open.
 */
@Configuration(proxyBeanMethods = false)
class StartOrder {

    private static final String MIGRATED_DATABASE = "flywayInitializer";
    private static final List<String> REDIS = List.of("lumbungEmbeddedRedis", "lumbung");

    @Bean
    static BeanFactoryPostProcessor redisAfterPostgres() {
        return beans -> REDIS.stream().filter(beans::containsBeanDefinition).forEach(name -> {
            BeanDefinition redis = beans.getBeanDefinition(name);
            redis.setDependsOn(StringUtils.addStringToArray(redis.getDependsOn(), MIGRATED_DATABASE));
        });
    }
}
