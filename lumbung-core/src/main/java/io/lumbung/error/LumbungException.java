package io.lumbung.error;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything Lumbung throws on purpose. Bad arguments are {@link IllegalArgumentException}s and never
 * reach the network; expected answers (a miss, a refusal, a busy lock) are values and never exceptions.
 */
public abstract sealed class LumbungException extends RuntimeException
        permits StoreException, CodecException, LeaseLostException, LockNotAcquiredException {
    private static final long serialVersionUID = 1L;

    LumbungException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
