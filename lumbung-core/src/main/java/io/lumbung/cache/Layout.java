package io.lumbung.cache;

import io.lumbung.key.StoreKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an entry is written into the value of a key. */
sealed interface Layout permits Envelope, Layout.PlainJson {

    /** The entry in {@code bytes}, or null if they are none that was written for this key. Never throws. */
    @Nullable
    Entry read(StoreKey key, byte[] bytes);

    /**
     * The bytes of an entry.
     *
     * @param payload the encoded value, or null for a stored null
     * @param namespace the token of the cache, null if untagged
     * @param tags the tokens of its tags
     */
    byte[] write(StoreKey key, byte @Nullable [] payload, @Nullable String namespace, Map<String, String> tags);

    /** Nothing but the JSON, for services in any language; a null is {@code null}. */
    final class PlainJson implements Layout {
        private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

        @Override
        public Entry read(StoreKey key, byte[] bytes) {
            return new Entry(bytes, 0, Arrays.equals(bytes, NULL), null, Map.of());
        }

        @Override
        public byte[] write(
                StoreKey key, byte @Nullable [] payload, @Nullable String namespace, Map<String, String> tags) {
            return payload == null ? NULL : payload;
        }
    }
}
