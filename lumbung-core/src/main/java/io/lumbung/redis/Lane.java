package io.lumbung.redis;

/** Classes of connections, kept apart so that one cannot stall another. */
public enum Lane {
    /** Values, which may be large. */
    DATA,
    /** Locks, limits and whatever else must stay quick while values are large. */
    CONTROL
}
