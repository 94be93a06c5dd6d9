package io.lumbung.service.handle;

import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import java.time.Duration;

/** Why a handle cannot be claimed just now; whether it is taken is the database's to say. */
final class HandleProblems {

    private static final Duration SOON = Duration.ofSeconds(1);

    private HandleProblems() {}

    static ProblemException busy() {
        return new ProblemException(
                ProblemCode.HANDLE_BUSY, "handle", "is being claimed by somebody else; try again in a moment", SOON);
    }

    static ProblemException overtaken() {
        return new ProblemException(
                ProblemCode.HANDLE_BUSY,
                "handle",
                "was claimed by somebody else while this claim took too long; nothing was changed, try again",
                SOON);
    }

    static ProblemException noLocks() {
        return new ProblemException(
                ProblemCode.LOCK_STORE_UNAVAILABLE,
                "handle",
                "cannot be claimed while Redis does not answer; nothing was changed, try again later",
                SOON);
    }
}
