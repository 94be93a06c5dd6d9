package io.lumbung.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes any reply as it is: bytes, numbers, nothing, and lists of them. A map becomes a list of keys and values in
 * turn. One shape for every command, because features read replies through {@link Reply}.
 */
final class ReplyOutput extends CommandOutput<byte[], byte[], @Nullable Object> {
    private @Nullable Open open;

    ReplyOutput() {
        super(ByteArrayCodec.INSTANCE, null);
    }

    /** A list that still waits for elements. */
    private static final class Open {
        final List<@Nullable Object> elements;
        final @Nullable Open parent;
        int missing;

        Open(int count, @Nullable Open parent) {
            this.elements = new ArrayList<>(Math.min(count, 1024));
            this.parent = parent;
            this.missing = count;
        }
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        if (bytes == null) {
            add(null);
            return;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        add(copy);
    }

    @Override
    public void set(long integer) {
        add(integer);
    }

    @Override
    public void set(double number) {
        add(number);
    }

    @Override
    public void set(boolean value) {
        add(value ? 1L : 0L);
    }

    @Override
    public void multi(int count) {
        if (count < 0) {
            add(null);
        } else if (count == 0) {
            add(Collections.emptyList());
        } else {
            open = new Open(count, open);
        }
    }

    private void add(@Nullable Object value) {
        Object complete = value;
        while (true) {
            Open list = open;
            if (list == null) {
                output = complete;
                return;
            }
            list.elements.add(complete);
            if (--list.missing > 0) {
                return;
            }
            complete = list.elements;
            open = list.parent;
        }
    }
}
