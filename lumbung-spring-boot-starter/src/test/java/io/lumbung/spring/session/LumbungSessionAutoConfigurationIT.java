package io.lumbung.spring.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Lumbung;
import io.lumbung.embedded.RedisServer;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.Sessions;
import io.lumbung.spring.LumbungAutoConfiguration;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.session.SessionRegistryImpl;
import org.springframework.session.MapSession;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.SessionRepository;
import org.springframework.session.web.http.SessionRepositoryFilter;

class LumbungSessionAutoConfigurationIT {
    private static final AutoConfigurations OURS =
            AutoConfigurations.of(LumbungAutoConfiguration.class, LumbungSessionAutoConfiguration.class);

    private static RedisServer redis;

    private WebApplicationContextRunner web;

    @BeforeEach
    void describe() {
        web = new WebApplicationContextRunner()
                .withConfiguration(OURS)
                .withPropertyValues("lumbung.redis.url=" + redis.url());
    }

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void anApplicationWithoutTheWebHasSessions() {
        new ApplicationContextRunner()
                .withConfiguration(OURS)
                .withPropertyValues("lumbung.redis.url=" + redis.url())
                .withClassLoader(new FilteredClassLoader(
                        "jakarta.servlet", "org.springframework.web", "org.springframework.session"))
                .run(context ->
                        assertThat(context.getBean(Sessions.class).policy()).isEqualTo(SessionPolicy.standard()));
    }

    @Test
    void thePolicyIsWhatThePropertiesSay() {
        web.withPropertyValues("lumbung.session.preset=owasp-high-value")
                .run(context ->
                        assertThat(context.getBean(Sessions.class).policy()).isEqualTo(SessionPolicy.owaspHighValue()));
        web.withPropertyValues("lumbung.session.preset=nist-aal2", "lumbung.session.ttl=24h")
                .run(context -> assertThat(
                                context.getBean(Sessions.class).policy().idle())
                        .isEqualTo(Duration.ofHours(24)));
        web.withPropertyValues("lumbung.session.preset=owasp-high-value", "lumbung.session.touch-every=1h")
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void sessionsOfTheApplicationTakeThePlaceOfOurs() {
        web.withUserConfiguration(Own.class).run(context -> {
            assertThat(context).hasSingleBean(Sessions.class);
            assertThat(context.getBean(Sessions.class).policy()).isEqualTo(SessionPolicy.nistAal3());
        });
    }

    @Configuration(proxyBeanMethods = false)
    static class Own {
        @Bean
        Sessions own(Lumbung lumbung) {
            return lumbung.sessions(SessionPolicy.nistAal3());
        }
    }

    @Test
    void springSessionIsUsedIfItIsThereAndACookieOfOursIfNot() {
        web.run(context -> assertThat(context)
                .hasSingleBean(LumbungSessionRepository.class)
                .doesNotHaveBean(SessionCookies.class));
        web.withClassLoader(new FilteredClassLoader(SessionRepositoryFilter.class))
                .run(context -> assertThat(context)
                        .hasSingleBean(SessionCookies.class)
                        .doesNotHaveBean("lumbungSessionRepository"));
        web.withPropertyValues("lumbung.session.http=cookie")
                .run(context -> assertThat(context)
                        .hasSingleBean(SessionCookies.class)
                        .doesNotHaveBean(SessionRepository.class));
        web.withPropertyValues("lumbung.session.http=off")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(SessionCookies.class)
                        .doesNotHaveBean(SessionRepository.class)
                        .hasSingleBean(Sessions.class));
        web.withPropertyValues("lumbung.session.http=elsewhere")
                .run(context -> assertThat(context).hasFailed());
    }

    @Test
    void springSecurityCountsSessionsHereUnlessTheApplicationDoesOrThereIsNoneOfEither() {
        web.run(context -> assertThat(context).hasSingleBean(SharedSessionRegistry.class));
        web.withBean(SessionRegistry.class, SessionRegistryImpl::new)
                .run(context -> assertThat(context)
                        .hasSingleBean(SessionRegistry.class)
                        .doesNotHaveBean(SharedSessionRegistry.class));
        web.withClassLoader(new FilteredClassLoader("org.springframework.security"))
                .run(context -> assertThat(context)
                        .hasSingleBean(LumbungSessionRepository.class)
                        .doesNotHaveBean("lumbungSessionRegistry"));
        web.withPropertyValues("lumbung.session.http=cookie")
                .run(context -> assertThat(context).doesNotHaveBean(SessionRegistry.class));
        web.withUserConfiguration(OwnRepository.class)
                .run(context -> assertThat(context).doesNotHaveBean(SessionRegistry.class));
    }

    @Test
    void sessionsThatAreNotNotedCannotBeToldOf() {
        web.withUserConfiguration(Own.class)
                .withPropertyValues("lumbung.session.expiry-events=true")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("SessionPolicy.withExpiryEvents()"));
    }

    @Test
    void aSettingThatIsLeftEmptyIsNotSet() {
        web.withPropertyValues(
                        "lumbung.session.http=",
                        "lumbung.session.preset=",
                        "lumbung.session.max-per-user=",
                        "lumbung.session.when-full=",
                        "lumbung.session.grace=",
                        "lumbung.session.expiry-events=",
                        "lumbung.session.types=",
                        "lumbung.session.spring.save-mode=")
                .run(context -> {
                    assertThat(context).hasSingleBean(LumbungSessionRepository.class);
                    assertThat(context.getBean(Sessions.class).policy()).isEqualTo(SessionPolicy.standard());
                });
        web.withPropertyValues("lumbung.session.http= SPRING ")
                .run(context -> assertThat(context).hasSingleBean(LumbungSessionRepository.class));
    }

    @Test
    void aRepositoryOfTheApplicationTakesThePlaceOfOurs() {
        web.withUserConfiguration(OwnRepository.class)
                .run(context -> assertThat(context)
                        .hasSingleBean(SessionRepository.class)
                        .doesNotHaveBean(LumbungSessionRepository.class));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnRepository {
        @Bean
        SessionRepository<MapSession> own() {
            return new MapSessionRepository(new java.util.concurrent.ConcurrentHashMap<>());
        }
    }

    @Test
    void withoutLumbungThereIsNothing() {
        web.withPropertyValues("lumbung.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(Sessions.class));
    }
}
