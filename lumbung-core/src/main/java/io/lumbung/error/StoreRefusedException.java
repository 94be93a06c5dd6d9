package io.lumbung.error;

import org.jspecify.annotations.Nullable;

/**
 * The server answered no, and will say no again until something is put right: wrong type, out of memory, a failed
 * disk, authentication, ACL, slots. Never repeated by Lumbung. An error raised inside a script has the outcome
 * {@link Outcome#UNKNOWN}, because a script that fails half-way keeps what it wrote; every other is
 * {@link Outcome#NOT_DONE}.
 */
public final class StoreRefusedException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param seen what was seen and what to do about it */
    public StoreRefusedException(
            String operation, String key, Outcome outcome, String seen, @Nullable Throwable cause) {
        super(operation, key, outcome, seen, cause);
    }
}
