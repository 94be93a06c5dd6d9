package io.lumbung.config;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be configured: its names, its default, and what counts as a right value.
 *
 * <p>Public so that other modules and the documentation can list {@link LumbungConfig#settings()} instead of keeping
 * lists of their own.
 *
 * @param <T> what its text becomes
 */
public final class Setting<T> {
    private final String property;
    private final String expected;
    private final String meaning;
    private final Converter<T> converter;
    private final Rule<? super T> rule;
    private final @Nullable String variable;
    private final @Nullable String olderVariable;
    private final @Nullable String springProperty;
    private final @Nullable String defaultText;
    private final Function<String, String> shown;
    private final boolean secret;

    Setting(String property, String expected, String meaning, Converter<T> converter, Rule<? super T> rule) {
        this(property, expected, meaning, converter, rule, null, null, null, null, Shown::plain, false);
    }

    private Setting(
            String property,
            String expected,
            String meaning,
            Converter<T> converter,
            Rule<? super T> rule,
            @Nullable String variable,
            @Nullable String olderVariable,
            @Nullable String springProperty,
            @Nullable String defaultText,
            Function<String, String> shown,
            boolean secret) {
        this.property = property;
        this.expected = expected;
        this.meaning = meaning;
        this.converter = converter;
        this.rule = rule;
        this.variable = variable;
        this.olderVariable = olderVariable;
        this.springProperty = springProperty;
        this.defaultText = defaultText;
        this.shown = shown;
        this.secret = secret;
    }

    /** Makes a value of a text. */
    @FunctionalInterface
    interface Converter<T> {
        T convert(String text) throws Wrong;
    }

    /** Refuses values that have the right form and cannot be obeyed. */
    @FunctionalInterface
    interface Rule<T> {
        void check(T value) throws Wrong;
    }

    Setting<T> variable(String name) {
        return new Setting<>(
                property,
                expected,
                meaning,
                converter,
                rule,
                name,
                olderVariable,
                springProperty,
                defaultText,
                shown,
                secret);
    }

    Setting<T> olderVariable(String name) {
        return new Setting<>(
                property,
                expected,
                meaning,
                converter,
                rule,
                variable,
                name,
                springProperty,
                defaultText,
                shown,
                secret);
    }

    Setting<T> spring(String name) {
        return new Setting<>(
                property,
                expected,
                meaning,
                converter,
                rule,
                variable,
                olderVariable,
                name,
                defaultText,
                shown,
                secret);
    }

    Setting<T> otherwise(String text) {
        return new Setting<>(
                property,
                expected,
                meaning,
                converter,
                rule,
                variable,
                olderVariable,
                springProperty,
                text,
                shown,
                secret);
    }

    /** A secret's value is never repeated and, given in code, never trimmed. */
    Setting<T> hidden() {
        return new Setting<>(
                property,
                expected,
                meaning,
                converter,
                rule,
                variable,
                olderVariable,
                springProperty,
                defaultText,
                text -> Shown.secret(),
                true);
    }

    Setting<T> url() {
        return new Setting<>(
                property,
                expected,
                meaning,
                converter,
                rule,
                variable,
                olderVariable,
                springProperty,
                defaultText,
                Shown::url,
                false);
    }

    /** Its name as a property, and in code: {@code lumbung.redis.port}. */
    public String property() {
        return property;
    }

    /** Its name as an environment variable, if it has one: {@code REDIS_PORT}. */
    public Optional<String> variable() {
        return Optional.ofNullable(variable);
    }

    /** A second variable that counts only while {@link #variable()} is not set. */
    public Optional<String> olderVariable() {
        return Optional.ofNullable(olderVariable);
    }

    /** The Spring property that counts if nothing else is set: {@code spring.data.redis.port}. */
    public Optional<String> springProperty() {
        return Optional.ofNullable(springProperty);
    }

    /** Its value when nobody sets it, as text; empty if it then has none. */
    public Optional<String> defaultText() {
        return Optional.ofNullable(defaultText);
    }

    /** The form of a right value: {@code a whole number from 1 to 1000}. */
    public String expected() {
        return expected;
    }

    /** What it changes, in one sentence. */
    public String meaning() {
        return meaning;
    }

    /** Whether its value is never shown. */
    public boolean secret() {
        return secret;
    }

    T parse(Given given) {
        try {
            T value = converter.convert(given.text());
            rule.check(value);
            return value;
        } catch (Wrong wrong) {
            throw refused(given, wrong);
        }
    }

    /** The default as a value; only for settings that have one. */
    T byDefault() {
        if (defaultText == null) {
            throw new IllegalStateException(property + " has no default");
        }
        return parse(new Given(property, defaultText));
    }

    /** Checks a value that did not come as text. */
    T require(T value) {
        try {
            rule.check(value);
            return value;
        } catch (Wrong wrong) {
            throw refused(new Given(property, String.valueOf(value)), wrong);
        }
    }

    ConfigException refused(Given given, Wrong wrong) {
        String fix = wrong.fix();
        return new ConfigException(
                given.name(), show(given), wrong.problem(), fix == null ? usualFix(given.name()) : fix);
    }

    /** The text of {@code given} as messages may repeat it. */
    String show(Given given) {
        return shown.apply(given.text());
    }

    private String usualFix(String name) {
        return "Set " + name + " to " + expected
                + (defaultText == null ? "" : ", for example " + name + "=" + defaultText);
    }

    @Override
    public String toString() {
        return property;
    }
}
