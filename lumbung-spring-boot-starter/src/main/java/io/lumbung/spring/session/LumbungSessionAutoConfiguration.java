package io.lumbung.spring.session;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.Sessions;
import io.lumbung.spring.LumbungAutoConfiguration;
import io.lumbung.spring.ratelimit.ClientIp;
import io.lumbung.spring.ratelimit.RequestUser;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.session.SessionRepository;
import org.springframework.session.config.annotation.web.http.SpringHttpSessionConfiguration;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.DefaultCookieSerializer;
import org.springframework.session.web.http.HttpSessionIdResolver;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.util.ClassUtils;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JacksonModule;

/**
 * {@link Sessions} by {@code lumbung.session.*} and, in a web application, how requests reach theirs: through
 * {@code HttpSession} if Spring Session is there, else through a cookie of our own; {@code lumbung.session.http} says
 * otherwise. While Redis does not answer, a request that needs its session gets 503.
 */
@AutoConfiguration(after = LumbungAutoConfiguration.class)
@ConditionalOnBean(Lumbung.class)
@EnableConfigurationProperties(SessionProperties.class)
public final class LumbungSessionAutoConfiguration {
    private static final int BEFORE_SESSIONS = Integer.MIN_VALUE + 40;
    private static final int SESSIONS = Integer.MIN_VALUE + 50;

    // Borrowed: it ends with Lumbung.
    @Bean(destroyMethod = "")
    @ConditionalOnMissingBean
    Sessions lumbungSessions(
            Lumbung lumbung, LumbungConfig config, SessionProperties properties, Environment environment) {
        Duration ttl = config.sessionTtl();
        // The default is no wish: then a preset's idle time counts.
        boolean said = environment.containsProperty(SessionProperties.PREFIX + ".ttl")
                || !ttl.equals(SessionPolicy.standard().idle());
        return lumbung.sessions(properties.policy(said ? Optional.of(ttl) : Optional.empty()));
    }

    // Sessions of the application's own must note what is told of here.
    @Bean
    @ConditionalOnBooleanProperty(name = SessionProperties.PREFIX + ".expiry-events")
    ExpiryEvents lumbungSessionExpiryEvents(Sessions sessions, ApplicationEventPublisher publisher) {
        return new ExpiryEvents(sessions, publisher);
    }

    /** How sessions look in answers. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
    static class Json {
        @Bean
        JacksonModule lumbungSessionJson() {
            return new SessionJson();
        }
    }

    /** 503 instead of "logged out". */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({DispatcherServlet.class, FilterRegistrationBean.class})
    static class Outage {
        @Bean
        FilterRegistrationBean<SessionOutageFilter> lumbungSessionOutageFilter() {
            FilterRegistrationBean<SessionOutageFilter> filter =
                    new FilterRegistrationBean<>(new SessionOutageFilter(System::nanoTime));
            filter.setName("lumbungSessionOutageFilter");
            filter.setOrder(BEFORE_SESSIONS);
            filter.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
            return filter;
        }
    }

    /** Behind {@code HttpSession}. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({SessionRepositoryFilter.class, FilterRegistrationBean.class})
    @ConditionalOnMissingBean(SessionRepository.class)
    @Conditional(OnSpringSession.class)
    @EnableConfigurationProperties(SpringSessionProperties.class)
    @Import(SpringHttpSessionConfiguration.class)
    static class Spring {
        /** Spring Security's {@code maximumSessions}, on all instances. */
        @Configuration(proxyBeanMethods = false)
        @ConditionalOnClass(SessionRegistry.class)
        static class Security {
            @Bean
            @ConditionalOnMissingBean
            SessionRegistry lumbungSessionRegistry(Sessions sessions) {
                return new SharedSessionRegistry(sessions);
            }
        }

        @Bean
        LumbungSessionRepository lumbungSessionRepository(
                Sessions sessions,
                Lumbung lumbung,
                ObjectProvider<ClientIp> clientIp,
                SessionProperties properties,
                SpringSessionProperties spring,
                SessionNews news) {
            return new LumbungSessionRepository(
                    sessions,
                    lumbung::sessions,
                    new RequestDevices(clientIp::getIfAvailable),
                    new AttributeTypes(properties.types(), Objects.requireNonNull(ClassUtils.getDefaultClassLoader())),
                    spring.saveMode(),
                    spring.flushMode(),
                    news);
        }

        @Bean
        SessionNews lumbungSessionNews(SessionProperties properties, ApplicationEventPublisher publisher) {
            return properties.expiryEvents() ? new SessionNews(publisher) : SessionNews.untold();
        }

        @Bean
        @ConditionalOnMissingBean({CookieSerializer.class, HttpSessionIdResolver.class})
        DefaultCookieSerializer lumbungSessionCookieSerializer(Environment environment) {
            return ServletCookie.of(environment).serializer();
        }

        @Bean
        FilterRegistrationBean<SessionRepositoryFilter<?>> lumbungSessionRepositoryFilter(
                SessionRepositoryFilter<?> filter) {
            return at(SESSIONS, new FilterRegistrationBean<>(filter));
        }

        @Bean
        FilterRegistrationBean<Filter> lumbungSessionReads() {
            return at(SESSIONS - 1, named("lumbungSessionReads", RequestReads.around()));
        }

        @Bean
        FilterRegistrationBean<Filter> lumbungSessionReadsDone() {
            return at(SESSIONS + 1, named("lumbungSessionReadsDone", RequestReads.within()));
        }

        private static FilterRegistrationBean<Filter> named(String name, Filter filter) {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
            registration.setName(name);
            return registration;
        }

        private static <F extends Filter> FilterRegistrationBean<F> at(int order, FilterRegistrationBean<F> filter) {
            filter.setOrder(order);
            filter.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR));
            return filter;
        }
    }

    /** In a cookie of our own. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({DispatcherServlet.class, FilterRegistrationBean.class})
    @Conditional(OnSessionCookie.class)
    static class OwnCookie {
        @Bean
        @ConditionalOnMissingBean
        SessionCookies lumbungSessionCookies(Sessions sessions, ObjectProvider<ClientIp> clientIp) {
            return new SessionCookies(sessions, new RequestDevices(clientIp::getIfAvailable));
        }

        @Bean
        FilterRegistrationBean<SessionCookieFilter> lumbungSessionCookieFilter(
                Sessions sessions, SessionCookies cookies) {
            FilterRegistrationBean<SessionCookieFilter> filter =
                    new FilterRegistrationBean<>(new SessionCookieFilter(sessions, cookies));
            filter.setName("lumbungSessionCookieFilter");
            filter.setOrder(SESSIONS);
            return filter;
        }

        // Limits by user see who it is.
        @Bean
        @ConditionalOnMissingBean
        RequestUser lumbungSessionUser() {
            return request -> CurrentSession.in(request).flatMap(CurrentSession::user);
        }

        @Bean
        WebMvcConfigurer lumbungCurrentSession() {
            return new WebMvcConfigurer() {
                @Override
                public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                    resolvers.add(new CurrentSessionResolver());
                }
            };
        }
    }
}
