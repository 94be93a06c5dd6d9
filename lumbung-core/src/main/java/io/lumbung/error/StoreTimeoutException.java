package io.lumbung.error;

import org.jspecify.annotations.Nullable;

/**
 * The call was sent and no answer came: the deadline passed, the link was cut, or the waiting thread was interrupted
 * (its flag is then restored). The outcome is always {@link Outcome#UNKNOWN}.
 */
public final class StoreTimeoutException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param seen what was seen and what to do about it */
    public StoreTimeoutException(String operation, String key, String seen, @Nullable Throwable cause) {
        super(operation, key, Outcome.UNKNOWN, seen, cause);
    }
}
