package io.lumbung.codec;

import java.lang.reflect.Type;

/**
 * A type that becomes known only after something was declared with it. Entries can be dropped while nobody knows yet what
 * they hold, so a cache may be declared before its type is known; a {@link Codec} asks when it first has a value.
 */
public interface LateType extends Type {
    /**
     * The type itself; always the same once it is known.
     *
     * @throws IllegalStateException if it is not known yet
     */
    Type actual();
}
