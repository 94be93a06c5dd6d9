package io.lumbung.spring.ratelimit;

import io.lumbung.config.ConfigException;
import io.lumbung.spring.ratelimit.RateLimitProperties.Rule;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.Environment;

/** Where rules are written. */
interface RuleSource {
    /**
     * The rules as they are written now.
     *
     * @throws ConfigException if they are wrong
     */
    List<RateLimitRule> read();

    /** What a setting of a rule is called there, or the rule itself if {@code field} is empty. */
    String setting(String rule, String field);

    /** The rules among the application's properties. */
    static RuleSource of(Environment environment) {
        return new RuleSource() {
            @Override
            public List<RateLimitRule> read() {
                return bound(Binder.get(environment), RateLimitProperties.PREFIX + ".rules", this)
                        .orElse(List.of());
            }

            @Override
            public String setting(String rule, String field) {
                return RateLimitProperties.PREFIX + ".rules." + rule + (field.isEmpty() ? "" : "." + field);
            }
        };
    }

    /** The rules that {@code binder} finds under {@code prefix}; empty if there is nothing. A name nobody knows is wrong. */
    static Optional<List<RateLimitRule>> bound(Binder binder, String prefix, RuleSource source) {
        Bindable<Map<String, Rule>> type = Bindable.mapOf(String.class, Rule.class);
        try {
            Map<String, Rule> rules = binder.bind(
                            prefix,
                            type,
                            new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter()))
                    .orElse(null);
            return Optional.ofNullable(rules)
                    .map(all -> all.entrySet().stream()
                            .map(rule -> new RuleText(
                                            rule.getKey(),
                                            field -> source.setting(rule.getKey(), field),
                                            rule.getValue())
                                    .rule())
                            .toList());
        } catch (BindException e) {
            throw wrong(e, prefix, source);
        }
    }

    private static ConfigException wrong(BindException failure, String prefix, RuleSource source) {
        if (failure.getCause() instanceof UnboundConfigurationPropertiesException unknown) {
            ConfigurationProperty first =
                    unknown.getUnboundProperties().iterator().next();
            return ConfigException.of(
                    named(first.getName().toString(), prefix, source),
                    String.valueOf(first.getValue()),
                    "there is no such setting",
                    "Use "
                            + Arrays.stream(Rule.class.getRecordComponents())
                                    .map(component -> kebab(component.getName()))
                                    .collect(Collectors.joining(", ")));
        }
        ConfigurationProperty property = failure.getProperty();
        return ConfigException.of(
                named(failure.getName().toString(), prefix, source),
                property == null ? null : String.valueOf(property.getValue()),
                "it does not fit",
                "Set it to " + expected(failure.getTarget().getType().resolve(Object.class)));
    }

    /** A full name as the source would write it. */
    private static String named(String name, String prefix, RuleSource source) {
        String rest = name.startsWith(prefix + ".") ? name.substring(prefix.length() + 1) : "";
        int dot = rest.indexOf('.');
        return dot < 0 ? source.setting(rest, "") : source.setting(rest.substring(0, dot), rest.substring(dot + 1));
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "another value";
        }
        if (type.isEnum()) {
            return "one of "
                    + Arrays.stream(type.getEnumConstants())
                            .map(constant ->
                                    constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .collect(Collectors.joining(", "));
        }
        if (type == Long.class) {
            return "a whole number";
        }
        if (type == Boolean.class) {
            return "true or false";
        }
        return type == ZoneId.class ? "a time zone such as Europe/Berlin" : "settings of a rule, one a line";
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
