package io.lumbung.service.web;

import java.io.IOException;

/** Stops the reading of a body that is larger than allowed. */
final class BodyTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    BodyTooLargeException(long limit, String seen) {
        super("the body may have at most " + limit + " bytes; " + seen);
    }

    String detail() {
        return String.valueOf(getMessage());
    }
}
