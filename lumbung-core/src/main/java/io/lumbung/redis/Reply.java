package io.lumbung.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A reply of the server, of any shape. The accessors say what is expected and fail if it is something else. */
public final class Reply {
    private final @Nullable Object value;

    Reply(@Nullable Object value) {
        this.value = value;
    }

    /** Whether the server answered with nothing. */
    public boolean isNull() {
        return value == null;
    }

    /** The bytes, or null if there are none. */
    public byte @Nullable [] bytesOrNull() {
        return value == null ? null : (byte[]) value;
    }

    /** The bytes, none if the server answered with nothing. */
    public byte[] bytesOrEmpty() {
        return value == null ? new byte[0] : bytes();
    }

    /** The bytes. */
    public byte[] bytes() {
        if (value instanceof byte[] bytes) {
            return bytes;
        }
        throw unexpected("bytes");
    }

    /** The bytes as UTF-8 text. */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** Whether it is a number. */
    public boolean isNumber() {
        return value instanceof Long;
    }

    /** The number. */
    public long number() {
        if (value instanceof Long number) {
            return number;
        }
        throw unexpected("a number");
    }

    /** The elements of a list; of a map, keys and values in turn. */
    public List<Reply> list() {
        if (value instanceof List<?> list) {
            List<Reply> replies = new ArrayList<>(list.size());
            for (int i = 0; i < list.size(); i++) {
                replies.add(new Reply(list.get(i)));
            }
            return replies;
        }
        throw unexpected("a list");
    }

    /** The elements of a list of texts. */
    public Stream<String> texts() {
        return list().stream().map(Reply::text);
    }

    private IllegalStateException unexpected(String wanted) {
        return new IllegalStateException("the server answered "
                + (value == null ? "nothing" : value.getClass().getSimpleName()) + ", expected " + wanted);
    }
}
