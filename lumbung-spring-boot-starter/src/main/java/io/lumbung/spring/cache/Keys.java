package io.lumbung.spring.cache;

import io.lumbung.key.Key;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.ReflectionUtils;

/**
 * Makes a {@link Key} of what Spring calls a key: the arguments of a method, or what its annotation says.
 *
 * <p>Text, numbers, booleans, UUIDs, enums and dates are one part; records and the arguments of a method are a part each.
 * Nothing else has a text that is sure to stay the same: it is refused. Parts are compared by their text, so {@code 42}
 * and {@code "42"} are the same key.
 */
final class Keys {
    private static final Field ARGUMENTS = arguments();

    // Marks what has no text; text of the user's that begins like it gets one more mark, so the two never meet.
    private static final String MARK = "~";
    private static final String EMPTY = MARK;
    private static final String NULL = MARK + "null";
    private static final String NO_ARGUMENTS = MARK + "()";

    private Keys() {}

    /** @throws IllegalArgumentException if {@code key} is or holds something that cannot be part of a key */
    static Key key(String cache, Object key) {
        if (key instanceof Key ready) {
            return ready;
        }
        List<String> parts = parts(cache, key);
        if (parts.isEmpty()) {
            return Key.of(NO_ARGUMENTS);
        }
        return Key.of(parts.get(0), parts.subList(1, parts.size()).toArray(String[]::new));
    }

    private static List<String> parts(String cache, Object key) {
        Object[] values = key instanceof SimpleKey simple
                ? argumentsOf(simple)
                : key instanceof Record composite ? components(composite) : new Object[] {key};
        List<String> parts = new ArrayList<>(values.length);
        for (Object value : values) {
            parts.add(part(cache, value));
        }
        return parts;
    }

    private static String part(String cache, @Nullable Object value) {
        if (value == null) {
            return NULL;
        }
        if (value instanceof String || value instanceof Character) {
            String text = value.toString();
            return text.isEmpty() ? EMPTY : text.startsWith(MARK) ? MARK + text : text;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof Number
                || value instanceof Boolean
                || value instanceof UUID
                || value instanceof TemporalAccessor) {
            return value.toString();
        }
        // A composite inside a composite is one part: (a, (b, c)) and ((a, b), c) stay different.
        if (value instanceof Record || value instanceof SimpleKey) {
            return key(cache, value).text();
        }
        throw new IllegalArgumentException("cache '" + cache + "': a "
                + value.getClass().getName()
                + " cannot be part of a key, its text is not sure to stay the same. Say what identifies it, for example"
                + " key = \"#user.id\", or use text, numbers, UUIDs, enums, dates, or a record of these");
    }

    private static Object[] components(Record composite) {
        RecordComponent[] components =
                Objects.requireNonNull(composite.getClass().getRecordComponents());
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            try {
                var accessor = components[i].getAccessor();
                ReflectionUtils.makeAccessible(accessor);
                values[i] = accessor.invoke(composite);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalArgumentException(
                        "cannot read " + components[i].getName() + " of a "
                                + composite.getClass().getName(),
                        e);
            }
        }
        return values;
    }

    // Spring's own composite key shows its parts to nobody, and its text does not keep them apart.
    private static Object[] argumentsOf(SimpleKey key) {
        return (Object[]) Objects.requireNonNull(ReflectionUtils.getField(ARGUMENTS, key));
    }

    private static Field arguments() {
        Field field = ReflectionUtils.findField(SimpleKey.class, "params");
        if (field == null) {
            throw new IllegalStateException("this version of Spring builds its keys in another way: SimpleKey.params");
        }
        ReflectionUtils.makeAccessible(field);
        return field;
    }
}
