package io.lumbung.cache;

/** When the cached copies of an entity go. */
public enum InvalidationStrategy {
    /** With each write. The default. */
    ON_WRITE,
    /** By themselves, when their time is over; a write drops nothing. */
    TTL_ONLY,
    /** With each write, and the change is announced so that others can drop what they hold. */
    ON_EVENT
}
