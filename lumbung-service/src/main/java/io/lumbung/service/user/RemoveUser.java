package io.lumbung.service.user;

import io.lumbung.error.StoreException;
import io.lumbung.session.Sessions;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/** Removes a user with all links and social profiles, and ends all their sessions. */
@Service
class RemoveUser {

    private static final Logger log = LoggerFactory.getLogger(RemoveUser.class);

    private final UserStore users;
    private final UserWrites writes;
    private final Sessions sessions;

    RemoveUser(UserStore users, UserWrites writes, Sessions sessions) {
        this.users = users;
        this.writes = writes;
        this.sessions = sessions;
    }

    void remove(UUID id) {
        writes.remove(id, () -> {
            if (!users.delete(id)) {
                throw UserProblems.notFound(id);
            }
        });
        endSessions(id);
    }

    /** Only now: whoever logs in meanwhile looks once more for the user after the session is there. */
    private void endSessions(UUID id) {
        try {
            long ended = sessions.destroyAll(id.toString());
            log.debug("{} sessions of the removed user {} ended", ended, id);
        } catch (StoreException unconfirmed) {
            // The user is gone, and a session of nobody opens nothing; it ends by itself.
            log.error("the sessions of the removed user {} may live on: {}", id, unconfirmed.getMessage());
        }
    }
}
