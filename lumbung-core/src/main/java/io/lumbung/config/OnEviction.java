package io.lumbung.config;

/** What to do at start when the server that holds sessions, locks and limits may throw them away to save memory. */
public enum OnEviction {
    /** Start, and say once how to fix it. */
    WARN,
    /** Do not start. */
    REFUSE
}
