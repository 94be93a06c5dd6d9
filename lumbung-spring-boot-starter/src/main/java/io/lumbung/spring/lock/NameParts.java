package io.lumbung.spring.lock;

import io.lumbung.key.Key;
import java.time.temporal.TemporalAccessor;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes parts of a lock's name of what callers pass: encoded, so that nothing a user types reaches another lock. */
final class NameParts {
    private NameParts() {}

    /**
     * @param what gave the value, for the message
     * @throws IllegalArgumentException if {@code value} is nothing, or has no text that is sure to stay the same
     */
    static Key append(Key name, @Nullable Object value, String what) {
        if (value instanceof Key ready) {
            return name.then(ready);
        }
        List<?> values = value instanceof List<?> several
                ? several
                : value instanceof Object[] array ? Arrays.asList(array) : Arrays.asList(value);
        if (values.isEmpty()) {
            throw new IllegalArgumentException(
                    what + " gave an empty list: without it all callers would share one lock");
        }
        Key appended = name;
        for (Object part : values) {
            appended = appended.then(text(part, what));
        }
        return appended;
    }

    private static String text(@Nullable Object part, String what) {
        if (part == null) {
            throw new IllegalArgumentException(what + " gave null: without it all callers would share one lock");
        }
        String text = part instanceof Enum<?> constant ? constant.name() : part.toString();
        if (!(part instanceof CharSequence
                || part instanceof Character
                || part instanceof Number
                || part instanceof Boolean
                || part instanceof UUID
                || part instanceof Enum<?>
                || part instanceof TemporalAccessor)) {
            throw new IllegalArgumentException(
                    what + " gave a " + part.getClass().getName()
                            + ", whose text is not sure to stay the same. Say what identifies it, for example #order.id; or"
                            + " use text, numbers, booleans, UUIDs, enums, dates, or a list of these");
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException(what + " gave blank text: without it all callers would share one lock");
        }
        return text;
    }
}
