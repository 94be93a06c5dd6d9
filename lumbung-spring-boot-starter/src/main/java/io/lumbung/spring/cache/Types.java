package io.lumbung.spring.cache;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/** Finds out what type a cache holds, from the text of a property or from a method's signature. */
final class Types {
    private Types() {}

    /**
     * The type a property names: {@code com.example.User}, {@code List<com.example.User>}.
     *
     * @throws IllegalArgumentException if there is no such type, or if it says nothing
     */
    static Type named(String setting, String text, @Nullable ClassLoader loader) {
        try {
            ResolvableType type = new Parser(text, loader).whole();
            return concrete(type).orElseThrow(() -> new IllegalArgumentException("it does not say what is stored"));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting + " is '" + text + "': " + e.getMessage() + ". Set " + setting
                    + " to a class such as com.example.User, or to a generic type such as"
                    + " List<com.example.User>");
        }
    }

    /** What a method stores: its return type, without the wrappers Spring takes off; empty if that says nothing. */
    static Optional<Type> returned(Method method, Class<?> target) {
        ResolvableType type = ResolvableType.forMethodReturnType(method, target);
        Class<?> raw = type.toClass();
        if (raw == Optional.class) {
            return concrete(type.getGeneric(0));
        }
        if (CompletionStage.class.isAssignableFrom(raw)) {
            return unwrapped(type.as(CompletionStage.class).getGeneric(0));
        }
        ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(raw);
        if (adapter != null && adapter.getReactiveType() == raw) {
            return adapter.isMultiValue()
                    ? concrete(ResolvableType.forClassWithGenerics(List.class, type.getGeneric(0)))
                    : unwrapped(type.getGeneric(0));
        }
        return concrete(type);
    }

    private static Optional<Type> unwrapped(ResolvableType type) {
        return type.toClass() == Optional.class ? concrete(type.getGeneric(0)) : concrete(type);
    }

    /** The same type with all its variables filled in; empty if one of them cannot be. */
    private static Optional<Type> concrete(ResolvableType type) {
        Class<?> raw = type.resolve();
        if (raw == null || raw == Object.class || raw == void.class || raw == Void.class) {
            return Optional.empty();
        }
        if (raw.isArray() && type.getComponentType().hasGenerics()) {
            return concrete(type.getComponentType()).map(GenericArray::new);
        }
        if (raw.getTypeParameters().length == 0) {
            return Optional.of(ClassUtils.resolvePrimitiveIfNecessary(raw));
        }
        List<ResolvableType> arguments = new ArrayList<>();
        for (ResolvableType generic : type.getGenerics()) {
            Optional<Type> argument = concrete(generic);
            if (argument.isEmpty()) {
                return Optional.empty();
            }
            arguments.add(ResolvableType.forType(argument.get()));
        }
        return arguments.size() == raw.getTypeParameters().length
                ? Optional.of(ResolvableType.forClassWithGenerics(raw, arguments.toArray(ResolvableType[]::new))
                        .getType())
                : Optional.empty();
    }

    private record GenericArray(Type component) implements GenericArrayType {
        @Override
        public Type getGenericComponentType() {
            return component;
        }

        @Override
        public String toString() {
            return component.getTypeName() + "[]";
        }
    }

    /** Reads {@code Name<Type, Type>[]}. */
    private static final class Parser {
        private final String text;
        private final @Nullable ClassLoader loader;
        private int at;

        Parser(String text, @Nullable ClassLoader loader) {
            this.text = text.strip();
            this.loader = loader;
        }

        ResolvableType whole() {
            ResolvableType type = type();
            if (at < text.length()) {
                throw new IllegalArgumentException("'" + text.substring(at) + "' is one too many");
            }
            return type;
        }

        private ResolvableType type() {
            int start = at;
            while (at < text.length() && "<>,[".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            Class<?> raw = find(text.substring(start, at).strip());
            List<ResolvableType> arguments = new ArrayList<>();
            if (take('<')) {
                do {
                    arguments.add(type());
                } while (take(','));
                if (!take('>')) {
                    throw new IllegalArgumentException("a '>' is missing");
                }
            }
            if (!arguments.isEmpty() && arguments.size() != raw.getTypeParameters().length) {
                throw new IllegalArgumentException(
                        raw.getSimpleName() + " takes " + raw.getTypeParameters().length + " types in <>");
            }
            ResolvableType type = arguments.isEmpty()
                    ? ResolvableType.forClass(raw)
                    : ResolvableType.forClassWithGenerics(raw, arguments.toArray(ResolvableType[]::new));
            while (take('[')) {
                if (!take(']')) {
                    throw new IllegalArgumentException("a ']' is missing");
                }
                type = ResolvableType.forArrayComponent(type);
            }
            return type;
        }

        private boolean take(char expected) {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            if (at < text.length() && text.charAt(at) == expected) {
                at++;
                return true;
            }
            return false;
        }

        private Class<?> find(String name) {
            List<String> candidates =
                    name.indexOf('.') >= 0 ? List.of(name) : List.of(name, "java.lang." + name, "java.util." + name);
            for (String candidate : candidates) {
                if (ClassUtils.isPresent(candidate, loader)) {
                    return ClassUtils.resolveClassName(candidate, loader);
                }
            }
            throw new IllegalArgumentException("there is no class " + (name.isEmpty() ? "without a name" : name));
        }
    }
}
