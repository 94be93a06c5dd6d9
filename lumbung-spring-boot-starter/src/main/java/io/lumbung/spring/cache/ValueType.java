package io.lumbung.spring.cache;

import io.lumbung.codec.LateType;
import java.lang.reflect.Type;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/** What one cache holds: declared by a property, or learned from the first method that fills it. */
final class ValueType implements LateType {
    private final String cache;
    private final AtomicReference<@Nullable Known> known = new AtomicReference<>();

    ValueType(String cache) {
        this.cache = cache;
    }

    /** @param declared whether a property says so */
    private record Known(Type type, String by, boolean declared) {}

    @Override
    public Type actual() {
        Known now = known.get();
        if (now == null) {
            throw new IllegalStateException("the type of the values of cache '" + cache + "' is not known. Set "
                    + SpringCacheProperties.name(cache, "type")
                    + "=com.example.User, or call a @Cacheable or @CachePut method of this cache first: its return type"
                    + " then counts");
        }
        return now.type();
    }

    void declare(Type type) {
        known.set(new Known(type, SpringCacheProperties.name(cache, "type"), true));
    }

    /**
     * Takes over {@code type} unless a type is known already.
     *
     * @throws IllegalStateException if a different type is known
     */
    void learn(Type type, String by) {
        Known now = known.compareAndExchange(null, new Known(type, by, false));
        if (now != null && !fits(now, type)) {
            throw new IllegalStateException(
                    "cache '" + cache + "' holds " + now.type().getTypeName() + ", says "
                            + now.by() + "; " + by + " would store and expect " + type.getTypeName()
                            + ". A cache holds one type: give one of them a cache of its own");
        }
    }

    private static boolean fits(Known now, Type type) {
        return now.declared()
                ? ResolvableType.forType(type)
                        .toClass()
                        .isAssignableFrom(ResolvableType.forType(now.type()).toClass())
                : type.equals(now.type());
    }

    @Override
    public String getTypeName() {
        Known now = known.get();
        return now == null ? "value of cache '" + cache + "'" : now.type().getTypeName();
    }

    @Override
    public String toString() {
        return getTypeName();
    }
}
