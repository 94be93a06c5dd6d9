package io.lumbung.error;

/** Work that needs a lock was not begun, because somebody else holds it. */
public final class LockNotAcquiredException extends LumbungException {
    private static final long serialVersionUID = 1L;

    /** @param message which lock, and what was tried to get it */
    public LockNotAcquiredException(String message) {
        super(message, null);
    }
}
