package io.lumbung.error;

import org.jspecify.annotations.Nullable;

/** A value could not be turned into bytes, or bytes are not a value of the declared type. Nothing was stored. */
public final class CodecException extends LumbungException {
    private static final long serialVersionUID = 1L;

    /** @param message which type, and what was wrong */
    public CodecException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
