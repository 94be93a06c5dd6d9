package io.lumbung.service.account;

import io.lumbung.session.Session;
import io.lumbung.spring.session.CurrentSession;
import java.util.Optional;
import java.util.UUID;

/** Who sent a request. */
final class Callers {

    private static final int UUID_LENGTH = 36;

    private Callers() {}

    /**
     * The session of somebody who is logged in.
     *
     * @throws io.lumbung.service.web.ProblemException if nobody is
     * @throws io.lumbung.error.StoreException if Redis does not say; the starter answers it with 503
     */
    static Session session(CurrentSession current) {
        return current.session().filter(session -> user(session).isPresent()).orElseThrow(AccountProblems::notLoggedIn);
    }

    /** Whose it is; empty for a visitor's. */
    static Optional<UUID> user(Session session) {
        return session.user().flatMap(Callers::uuid);
    }

    /** In its one spelling, or in capitals. */
    static Optional<UUID> uuid(String text) {
        try {
            return text.length() == UUID_LENGTH ? Optional.of(UUID.fromString(text)) : Optional.empty();
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }
}
