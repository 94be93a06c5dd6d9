package io.lumbung.error;

/** What the caller held ended before the work did: stop the work, somebody else may hold it by now. */
public final class LeaseLostException extends LumbungException {
    private static final long serialVersionUID = 1L;

    /** @param message what was held, since when it is lost */
    public LeaseLostException(String message) {
        super(message, null);
    }
}
