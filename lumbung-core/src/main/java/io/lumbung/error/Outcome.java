package io.lumbung.error;

/** Whether a call that failed may have happened anyway. */
public enum Outcome {
    /** Proved not executed: it was never sent, or the server said no. Repeating it is safe. */
    NOT_DONE,

    /** It was sent and nobody knows: it may have run, it may still run. Repeat it only if it is idempotent. */
    UNKNOWN
}
