package io.lumbung.key;

/** Every kind of key and channel that Lumbung writes, with {@code app} as the prefix. */
public enum KeyKind {
    CACHE_VALUE("app:NAME:KEY"),
    CACHE_LEASE("{app:NAME:KEY}:lease"),
    CACHE_NAMESPACE("app:cache:NAME"),
    TAG("app:tag:TAG"),
    WAKE_CHANNEL("app:wake"),
    RATE_LIMIT("app:ratelimit:SUBJECT"),
    RATE_LIMIT_FURTHER("{app:ratelimit:SUBJECT}:NAME"),
    RATE_LIMIT_OVERRIDE("{app:ratelimit:SUBJECT}:override"),
    RATE_LIMIT_INSTANCES("{app:ratelimit}:instances"),
    RATE_LIMIT_CHANNEL("app:ratelimit"),
    SESSION("app:session:{B}:HASH"),
    SESSION_INDEX("app:session:{B}:user:USER"),
    SESSION_DEATHS("app:session:{B}:deaths"),
    SESSION_SWEEP("app:session:sweep:N"),
    LOCK("app:lock:NAME"),
    LOCK_FENCE("{app:lock:NAME}:fence"),
    LOCK_QUEUE("{app:lock:NAME}:queue"),
    LOCK_WAITERS("{app:lock:NAME}:waiters"),
    LOCK_VALUE("{app:lock:NAME}:value"),
    LOCK_CHANNEL("app:lock:PROCESS");

    private final String shape;

    KeyKind(String shape) {
        this.shape = shape;
    }

    /** What such a key looks like. */
    public String shape() {
        return shape;
    }
}
