package io.lumbung.cache;

/** Where an answer came from. */
public enum Source {
    /** Redis had it. */
    HIT,
    /** The caller's loader ran, under a lease. */
    LOADED,
    /** The loader of another caller ran, in this process or in another, while this one waited. */
    SHARED,
    /** The loader ran past the cache, and nothing was stored: Redis could not be asked, or others took too long. */
    BYPASS
}
