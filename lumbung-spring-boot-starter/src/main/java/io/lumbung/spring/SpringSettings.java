package io.lumbung.spring;

import io.lumbung.config.LumbungConfig;
import io.lumbung.config.Setting;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Hands the texts of Spring's environment to {@link LumbungConfig}, which alone decides what they mean, so that an
 * application without Spring gets the same defaults and messages.
 */
final class SpringSettings {
    private static final List<String> ADDRESSES =
            List.of("spring.data.redis.sentinel.nodes", "spring.data.redis.cluster.nodes");

    private final Binder binder;
    private final Map<String, String> variables;

    SpringSettings(ConfigurableEnvironment environment) {
        this.binder = Binder.get(environment);
        this.variables = variables(environment);
    }

    LumbungConfig config(Optional<String> url) {
        LumbungConfig.Builder builder = LumbungConfig.builder()
                .properties(this::property)
                .environment(variables)
                .springDataRedis(this::bound);
        url.ifPresent(builder::url);
        return builder.build();
    }

    /** Whether anybody said where Redis is, or how to treat it. */
    boolean mentionRedis() {
        Stream<String> own = LumbungConfig.settings().stream()
                .map(Setting::property)
                .filter(name -> name.startsWith("lumbung.redis."))
                .map(this::property);
        Stream<String> environs = Stream.of("REDIS_URL", "REDIS_HOST").map(variables::get);
        Stream<String> springs = Stream.concat(
                        LumbungConfig.settings().stream().flatMap(setting -> setting.springProperty().stream()),
                        ADDRESSES.stream())
                .map(this::bound);
        return Stream.of(own, environs, springs)
                .flatMap(texts -> texts)
                .anyMatch(text -> text != null && !text.isBlank());
    }

    /** A {@code lumbung.*} property, however it is spelled. */
    private @Nullable String property(String name) {
        String text = bound(name);
        // LUMBUNG_KEY_PREFIX is a variable of ours before it is a spelling of lumbung.key-prefix: messages then say so.
        return text != null && text.equals(variables.get(variableOf(name))) ? null : text;
    }

    private @Nullable String bound(String name) {
        BindResult<String> text = binder.bind(name, Bindable.of(String.class));
        if (text.isBound()) {
            return text.get();
        }
        BindResult<List<String>> list = binder.bind(name, Bindable.listOf(String.class));
        return list.isBound() ? String.join(",", list.get()) : null;
    }

    private static String variableOf(String property) {
        return property.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    // Also from files that are read as if they were the environment, such as an imported .env.
    private static Map<String, String> variables(ConfigurableEnvironment environment) {
        Map<String, String> found = new HashMap<>();
        LumbungConfig.settings().stream()
                .flatMap(setting -> Stream.concat(setting.variable().stream(), setting.olderVariable().stream()))
                .forEach(name -> {
                    String text = variable(environment, name);
                    if (text != null) {
                        found.put(name, text);
                    }
                });
        return found;
    }

    private static @Nullable String variable(ConfigurableEnvironment environment, String name) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            Object value = source.getProperty(name);
            if (value != null) {
                // A password from the process environment is no place for placeholders.
                return source.getName().equals(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
                        ? value.toString()
                        : environment.resolvePlaceholders(value.toString());
            }
        }
        return null;
    }
}
