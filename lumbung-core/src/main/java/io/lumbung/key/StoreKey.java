package io.lumbung.key;

import java.nio.charset.StandardCharsets;

/**
 * A complete Redis key, as it goes over the wire. Made by {@link KeySpace} only, so that no other code writes braces.
 * Immutable.
 */
public final class StoreKey {
    /** The longest key Lumbung writes, in bytes. */
    public static final int MAX_BYTES = 1024;

    private final String text;
    private final byte[] bytes;

    StoreKey(String text) {
        this(text, text.getBytes(StandardCharsets.UTF_8));
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("key is " + bytes.length + " bytes, the limit is " + MAX_BYTES
                    + "; hash long parts with Key.hashed: " + text.substring(0, 60) + "…");
        }
    }

    private StoreKey(String text, byte[] bytes) {
        this.text = text;
        this.bytes = bytes;
    }

    /** The key as text. */
    public String text() {
        return text;
    }

    /** The key as bytes; not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    /**
     * Another key that always lives in this key's slot: the whole key, in braces, before {@code name}.
     *
     * @param name a word from code
     */
    public StoreKey companion(String name) {
        if (text.indexOf('{') >= 0) {
            throw new IllegalStateException(text + " already has a hash tag");
        }
        // The limit is for what users name; what is put around it may come on top.
        String companion = "{" + text + "}:" + name;
        return new StoreKey(companion, companion.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoreKey key && key.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
