package io.lumbung.service.web;

import java.time.Duration;

/** Ends a request with a problem the caller can do something about. */
public final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ProblemCode code;
    private final String field;
    private final Duration retryAfter;

    /**
     * @param code what went wrong; also decides the status
     * @param detail what was wrong this time; shown to the caller as it is
     */
    public ProblemException(ProblemCode code, String detail) {
        this(code, "", detail);
    }

    /**
     * @param field the property whose value is to blame; the detail then continues the sentence it starts
     */
    public ProblemException(ProblemCode code, String field, String detail) {
        this(code, field, detail, Duration.ZERO);
    }

    /**
     * @param retryAfter when the same request may do better, in whole seconds; zero if that is not known
     */
    public ProblemException(ProblemCode code, String field, String detail, Duration retryAfter) {
        super(detail, null, false, false);
        this.code = code;
        this.field = field;
        this.retryAfter = retryAfter;
    }

    /** What went wrong. */
    public ProblemCode code() {
        return code;
    }

    /** The property to blame, or empty when it is no single one. */
    public String field() {
        return field;
    }

    /** When the same request may do better; zero if that is not known. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** What was wrong this time. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
