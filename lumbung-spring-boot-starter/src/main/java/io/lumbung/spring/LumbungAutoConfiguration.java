package io.lumbung.spring;

import io.lumbung.Lumbung;
import io.lumbung.codec.Codec;
import io.lumbung.codec.JsonCodec;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.observe.Observer;
import io.lumbung.ratelimit.RateLimiters;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * One connected {@link Lumbung} for the application, with its health and meters.
 *
 * <p>Every bean steps back for one of the application's own. {@code lumbung.enabled=false} switches all of it off.
 * Settings are those of {@link LumbungConfig}: {@code lumbung.*}, {@code REDIS_*}, {@code spring.data.redis.*}. If none
 * of them says where Redis is and {@code lumbung-embedded} is on the class path, a server is started for development.
 */
@AutoConfiguration(
        afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnBooleanProperty(name = "lumbung.enabled", matchIfMissing = true)
public final class LumbungAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    LumbungConfig lumbungConfig(ConfigurableEnvironment environment, ObjectProvider<RedisAddress> address) {
        return new SpringSettings(environment)
                .config(Optional.ofNullable(address.getIfAvailable()).map(RedisAddress::url));
    }

    // Not the application's own mapper: what is stored must not change with how its web pages are written.
    @Bean
    @ConditionalOnMissingBean
    Codec lumbungCodec() {
        return new JsonCodec();
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Lumbung lumbung(LumbungConfig config, Codec codec, ObjectProvider<Observer> observers) {
        return Lumbung.connect(config, all(observers.orderedStream().toList()), codec);
    }

    // Borrowed: it ends with Lumbung.
    @Bean(destroyMethod = "")
    @ConditionalOnMissingBean
    RateLimiters lumbungRateLimiters(Lumbung lumbung) {
        return lumbung.rateLimiters();
    }

    private static Observer all(List<Observer> observers) {
        return switch (observers.size()) {
            case 0 -> Observer.NONE;
            case 1 -> observers.get(0);
            default -> observation -> observers.forEach(observer -> observer.observe(observation));
        };
    }

    /** The server for those who name none. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(RedisServer.class)
    @ConditionalOnMissingBean({Lumbung.class, LumbungConfig.class, RedisAddress.class})
    @Conditional(OnRedisNotMentioned.class)
    static class Embedded {
        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean
        RedisServer lumbungEmbeddedRedis(ConfigurableEnvironment environment) {
            return EmbeddedRedis.start(environment.getProperty("lumbung.embedded.redis.executable"));
        }

        @Bean
        RedisAddress lumbungEmbeddedAddress(RedisServer server) {
            return server::url;
        }
    }

    /** What Lumbung does, as meters. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterRegistry.class)
    @ConditionalOnBean(MeterRegistry.class)
    static class Metrics {
        @Bean
        @ConditionalOnMissingBean
        MicrometerObserver lumbungObserver(MeterRegistry registry) {
            return new MicrometerObserver(registry);
        }

        @Bean
        @ConditionalOnMissingBean
        LumbungMeters lumbungMeters(Lumbung lumbung) {
            return new LumbungMeters(lumbung);
        }
    }

    /** The health component {@code lumbung}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
    static class HealthComponent {
        @Bean
        @ConditionalOnMissingBean(name = "lumbungHealthIndicator")
        @ConditionalOnEnabledHealthIndicator("lumbung")
        HealthIndicator lumbungHealthIndicator(Lumbung lumbung) {
            return new LumbungHealthIndicator(lumbung);
        }
    }
}
