package io.lumbung.service.account;

import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import io.lumbung.session.SessionPolicy;

/** Why somebody is not let in. */
final class AccountProblems {

    private AccountProblems() {}

    static ProblemException notLoggedIn() {
        return new ProblemException(
                ProblemCode.NOT_LOGGED_IN, "log in first: POST /api/v1/auth/login, and send the cookie it sets");
    }

    static ProblemException notYours() {
        return new ProblemException(ProblemCode.NOT_YOURS, "a page is changed by its owner, and you are somebody else");
    }

    /** The same words whichever of them it is. */
    static ProblemException wrongCredentials() {
        return new ProblemException(
                ProblemCode.WRONG_CREDENTIALS, "there is no user with this handle and this password");
    }

    static ProblemException tooManySessions(SessionPolicy policy) {
        return new ProblemException(
                ProblemCode.TOO_MANY_SESSIONS,
                "a user may be logged in " + policy.most() + " times at once; log out somewhere else first");
    }

    static ProblemException noSuchSession(String id) {
        return new ProblemException(ProblemCode.SESSION_NOT_FOUND, "you have no session with the id " + id);
    }
}
