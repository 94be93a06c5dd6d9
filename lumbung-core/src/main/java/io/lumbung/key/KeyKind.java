package io.lumbung.key;

/** Every kind of key and channel that Lumbung writes, with {@code app} as the prefix. */
public enum KeyKind {
    CACHE_VALUE("app:NAME:KEY"),
    CACHE_LEASE("{app:NAME:KEY}:lease"),
    CACHE_NAMESPACE("app:cache:NAME"),
    TAG("app:tag:TAG"),
    WAKE_CHANNEL("app:wake");

    private final String shape;

    KeyKind(String shape) {
        this.shape = shape;
    }

    /** What such a key looks like. */
    public String shape() {
        return shape;
    }
}
