package io.lumbung.codec;

import io.lumbung.error.CodecException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * Turns values into bytes and back, by their declared type. No class name is ever read from the bytes, so nobody who
 * can write to Redis can choose what is instantiated. Thread-safe; does no I/O.
 */
public interface Codec {

    /**
     * The bytes of {@code value}.
     *
     * @param type the declared type, which may be a {@link LateType}; the value's own class does not matter
     * @throws CodecException if the value cannot be written as its declared type
     */
    byte[] encode(@Nullable Object value, Type type);

    /**
     * The value in {@code bytes}, from {@code offset} to the end.
     *
     * @throws CodecException if the bytes are not a value of that type
     */
    @Nullable
    Object decode(byte[] bytes, int offset, Type type);
}
