package io.lumbung.codec;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Objects;

/**
 * Carries a generic type, as in {@code new TypeRef<List<User>>() {}}.
 *
 * @param <T> the type carried
 */
public abstract class TypeRef<T> {
    private final Type type;

    protected TypeRef() {
        if (!(getClass().getGenericSuperclass() instanceof ParameterizedType self)) {
            throw new IllegalStateException("a TypeRef needs its type argument: new TypeRef<List<User>>() {}");
        }
        this.type = self.getActualTypeArguments()[0];
    }

    private TypeRef(Type type) {
        this.type = Objects.requireNonNull(type, "type");
    }

    /** Carries a type that is only known while the program runs: from a method's signature, for example. */
    public static TypeRef<?> of(Type type) {
        return new TypeRef<Object>(type) {};
    }

    /** The type carried. */
    public final Type type() {
        return type;
    }

    @Override
    public final String toString() {
        return type.getTypeName();
    }
}
