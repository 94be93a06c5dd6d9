package io.lumbung.spring.lock;

import io.lumbung.config.ConfigException;
import io.lumbung.config.LumbungConfig;
import io.lumbung.key.Key;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * A method under a lock, as messages name it, and what must be true of it.
 *
 * @param annotation its name, with the at sign
 */
record Place(String annotation, Method method, Class<?> type) {
    static final Duration SHORTEST_TTL = Duration.ofMillis(100);
    static final Duration LONGEST = Duration.ofHours(24);

    /** What is handed out before the work is done; most of them are not on every class path. */
    private static final Set<String> UNDONE = Set.of(
            "java.util.concurrent.Future",
            "java.util.concurrent.CompletionStage",
            "java.util.concurrent.Callable",
            "java.util.concurrent.Flow$Publisher",
            "java.util.stream.BaseStream",
            "org.reactivestreams.Publisher",
            "kotlinx.coroutines.flow.Flow",
            "kotlinx.coroutines.Job",
            "org.springframework.web.context.request.async.DeferredResult",
            "org.springframework.web.context.request.async.WebAsyncTask",
            "org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter",
            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody");

    private static final String COROUTINE = "kotlin.coroutines.Continuation";

    /** Refuses what no proxy could keep under a lock. */
    void requireLockable() {
        int modifiers = method.getModifiers();
        if (Modifier.isPrivate(modifiers) || Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers)) {
            throw wrong(
                    "a method that is private, static or final is called past the lock",
                    "Make it a method that a proxy can override, and call it from another bean");
        }
        boolean undone = supertypes(method.getReturnType()).anyMatch(UNDONE::contains)
                || Stream.of(method.getParameterTypes())
                        .anyMatch(parameter -> parameter.getName().equals(COROUTINE));
        if (undone) {
            throw wrong(
                    "it returns " + method.getReturnType().getSimpleName()
                            + ", so the lock would be given back before the work is done",
                    "Let it do the work and return the result, or take the lock by io.lumbung.lock.Locks and release it"
                            + " at the end of the work");
        }
    }

    /** A literal from code. */
    Key name(String text, UnaryOperator<String> placeholders) {
        String literal = resolve("name", text, placeholders);
        try {
            return Key.parse(literal);
        } catch (IllegalArgumentException e) {
            throw ConfigException.of(
                    setting("name"),
                    literal,
                    String.valueOf(e.getMessage()),
                    "Set it to words joined by ':', such as order; what callers pass belongs in a key");
        }
    }

    /** Empty if there is none. */
    Optional<Duration> duration(String attribute, String text, Duration least, UnaryOperator<String> placeholders) {
        String resolved = resolve(attribute, text, placeholders);
        return resolved.isBlank()
                ? Optional.empty()
                : Optional.of(LumbungConfig.duration(setting(attribute), resolved, least, LONGEST));
    }

    ConfigException wrong(String problem, String fix) {
        return ConfigException.of(toString(), null, problem, fix);
    }

    /** An attribute, as messages name it. */
    String setting(String attribute) {
        return attribute + " of " + this;
    }

    private String resolve(String attribute, String text, UnaryOperator<String> placeholders) {
        try {
            return placeholders.apply(text);
        } catch (IllegalArgumentException e) {
            throw ConfigException.of(
                    setting(attribute), text, String.valueOf(e.getMessage()), "Set the property, or write a value");
        }
    }

    private static Stream<String> supertypes(@Nullable Class<?> type) {
        if (type == null) {
            return Stream.empty();
        }
        Stream<String> above = Stream.concat(
                supertypes(type.getSuperclass()),
                Stream.of(type.getInterfaces()).flatMap(Place::supertypes));
        return Stream.concat(Stream.of(type.getName()), above);
    }

    @Override
    public String toString() {
        return annotation + " on " + ClassUtils.getQualifiedMethodName(method, type);
    }
}
