package io.lumbung.error;

import org.jspecify.annotations.Nullable;

/**
 * Redis did not do what was asked, or did not say whether it did; {@link #outcome()} tells which.
 *
 * <p>The message says what was tried, on which key, what was seen and what to do about it.
 */
public abstract sealed class StoreException extends LumbungException
        permits StoreUnavailableException, StoreTimeoutException, StoreRefusedException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final String key;
    private final Outcome outcome;

    StoreException(String operation, String key, Outcome outcome, String seen, @Nullable Throwable cause) {
        super(operation + (key.isEmpty() ? "" : " '" + printable(key) + "'") + ": " + seen, cause);
        this.operation = operation;
        this.key = key;
        this.outcome = outcome;
    }

    /** What was tried, for example {@code cache.get}. */
    public String operation() {
        return operation;
    }

    /** The Redis key it was tried on; empty for a call that has none. */
    public String key() {
        return key;
    }

    /** Whether it may have happened anyway. */
    public Outcome outcome() {
        return outcome;
    }

    // Keys carry user input: a line break in one must not forge a log line.
    private static String printable(String key) {
        StringBuilder text = new StringBuilder(key.length());
        key.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                text.append(String.format("\\u%04x", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }
}
