package io.lumbung.service.user;

import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import java.util.UUID;

/** What can go wrong with any use of a user. */
public final class UserProblems {

    private UserProblems() {}

    /** There is no user {@code id}, or none any more. */
    public static ProblemException notFound(UUID id) {
        return new ProblemException(ProblemCode.USER_NOT_FOUND, "no user has the id " + id);
    }
}
