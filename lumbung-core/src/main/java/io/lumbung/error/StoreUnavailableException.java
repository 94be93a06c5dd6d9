package io.lumbung.error;

import org.jspecify.annotations.Nullable;

/**
 * Redis could not take the call, and the call was proved not executed: not connected, circuit open, or the server
 * answered that it cannot serve just now (LOADING, MASTERDOWN, CLUSTERDOWN, TRYAGAIN, READONLY, NOREPLICAS, BUSY).
 * Trying again later is safe.
 */
public final class StoreUnavailableException extends StoreException {
    private static final long serialVersionUID = 1L;

    /** @param seen what was seen and what to do about it */
    public StoreUnavailableException(String operation, String key, String seen, @Nullable Throwable cause) {
        super(operation, key, Outcome.NOT_DONE, seen, cause);
    }
}
