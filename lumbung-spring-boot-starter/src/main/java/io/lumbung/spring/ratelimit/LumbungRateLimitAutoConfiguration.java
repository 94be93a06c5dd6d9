package io.lumbung.spring.ratelimit;

import io.lumbung.Lumbung;
import io.lumbung.key.Key;
import io.lumbung.ratelimit.RateLimiters;
import io.lumbung.spring.LumbungAutoConfiguration;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.servlet.resource.ResourceUrlProvider;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Rate limits of a web application, by {@code lumbung.ratelimit.rules} and {@link RateLimited}.
 *
 * <p>A filter before Spring Security's takes from all rules that match a request's path; those that need to know who is
 * logged in, and those that annotations name, follow before the controller. Without rules nothing is counted.
 * {@code lumbung.ratelimit.enabled=false} switches it off.
 */
@AutoConfiguration(after = LumbungAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBean({Lumbung.class, RateLimiters.class})
@ConditionalOnBooleanProperty(name = "lumbung.ratelimit.enabled", matchIfMissing = true)
@EnableConfigurationProperties({HttpProperties.class, RateLimitProperties.class})
public final class LumbungRateLimitAutoConfiguration {
    private static final String MVC_PARSER = "mvcPatternParser";

    @Bean
    @ConditionalOnMissingBean
    ClientIp lumbungClientIp(HttpProperties properties) {
        return properties.clientIp();
    }

    @Bean
    DeclaredRules lumbungRateLimitRules(
            RateLimiters limiters,
            RuleSource source,
            ClientIp clientIp,
            ObjectProvider<RequestUser> user,
            ListableBeanFactory beans) {
        Map<String, RateLimitKey> keys = new LinkedHashMap<>();
        keys.put(RateLimitRule.IP, request -> clientIp.of(request).map(Key::of));
        keys.put(RateLimitRule.USER, new UserKey(user, clientIp));
        keys.putAll(beans.getBeansOfType(RateLimitKey.class));
        return new DeclaredRules(limiters, source, keys, parser(beans));
    }

    @Bean
    RuleSource lumbungRateLimitSource(RateLimitProperties properties, Environment environment) {
        String file = properties.file();
        return file == null || file.isBlank() ? RuleSource.of(environment) : new RuleFile(Path.of(file.strip()));
    }

    @Bean(destroyMethod = "close")
    RuleFile.Watch lumbungRateLimitFileWatch(RateLimitProperties properties, RuleSource source, DeclaredRules rules) {
        return source instanceof RuleFile file
                ? file.watch(properties.fileCheck(), rules::reload)
                : RuleFile.Watch.NONE;
    }

    @Bean
    ExemptPaths lumbungRateLimitExemptPaths(
            RateLimitProperties properties,
            ObjectProvider<ManagementPaths> management,
            ObjectProvider<ResourceUrlProvider> resources,
            ListableBeanFactory beans) {
        return new ExemptPaths(
                properties.exemptPaths(),
                () -> management.stream()
                        .flatMap(paths -> paths.patterns().stream())
                        .toList(),
                path -> resources.stream().anyMatch(provider -> provider.getForLookupPath(path) != null),
                parser(beans));
    }

    @Bean
    Gate lumbungRateLimitGate(RateLimiters limiters) {
        return new Gate(limiters, new RateLimitHeaders(Clock.systemUTC()));
    }

    @Bean
    FilterRegistrationBean<RateLimitFilter> lumbungRateLimitFilter(
            RateLimitProperties properties, DeclaredRules rules, ExemptPaths exempt, Gate gate) {
        FilterRegistrationBean<RateLimitFilter> filter =
                new FilterRegistrationBean<>(new RateLimitFilter(rules, exempt, gate));
        filter.setName("lumbungRateLimitFilter");
        filter.setOrder(properties.filterOrder());
        filter.setDispatcherTypes(DispatcherType.REQUEST);
        return filter;
    }

    @Bean
    AnnotatedMethods lumbungRateLimitAnnotations(
            ObjectProvider<RequestMappingHandlerMapping> mappings, DeclaredRules rules) {
        return new AnnotatedMethods(mappings, rules);
    }

    // Asked for late: those who make MVC's beans want all configurers first.
    @Bean
    WebMvcConfigurer lumbungRateLimitInterceptor(
            ObjectProvider<DeclaredRules> rules,
            ObjectProvider<AnnotatedMethods> annotated,
            ObjectProvider<ExemptPaths> exempt,
            ObjectProvider<Gate> gate) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new RateLimitInterceptor(
                                rules.getObject(), annotated.getObject(), exempt.getObject(), gate.getObject()))
                        .order(Ordered.HIGHEST_PRECEDENCE);
            }
        };
    }

    private static PathPatternParser parser(ListableBeanFactory beans) {
        return beans.containsBean(MVC_PARSER)
                ? beans.getBean(MVC_PARSER, PathPatternParser.class)
                : PathPatternParser.defaultInstance;
    }

    /** Who is logged in, or else the address. */
    private record UserKey(ObjectProvider<RequestUser> user, ClientIp clientIp) implements RateLimitKey {
        @Override
        public Optional<Key> of(HttpServletRequest request) {
            return Optional.ofNullable(request.getUserPrincipal())
                    .map(Principal::getName)
                    .or(() -> Optional.ofNullable(user.getIfAvailable()).flatMap(other -> other.of(request)))
                    .filter(name -> !name.isBlank())
                    .map(Key::of)
                    .or(() -> clientIp.of(request).map(ip -> Key.of(RateLimitRule.IP, ip)));
        }

        @Override
        public boolean afterLogin() {
            return true;
        }
    }

    /** Where the actuator is. */
    @FunctionalInterface
    interface ManagementPaths {
        List<String> patterns();
    }

    /** If there is an actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(PathMappedEndpoints.class)
    static class Actuator {
        @Bean
        ManagementPaths lumbungRateLimitManagementPaths(ObjectProvider<PathMappedEndpoints> endpoints) {
            return () -> endpoints.stream()
                    .flatMap(all -> {
                        String base = all.getBasePath();
                        return base.isEmpty() || base.equals("/") ? all.getAllPaths().stream() : Stream.of(base);
                    })
                    .flatMap(path -> Stream.of(path, path + "/**"))
                    .toList();
        }
    }
}
