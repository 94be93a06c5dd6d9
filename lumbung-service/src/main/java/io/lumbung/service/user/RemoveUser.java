package io.lumbung.service.user;

import java.util.UUID;
import org.springframework.stereotype.Service;

/** Removes a user with all links and social profiles. */
@Service
class RemoveUser {

    private final UserStore users;
    private final UserWrites writes;

    RemoveUser(UserStore users, UserWrites writes) {
        this.users = users;
        this.writes = writes;
    }

    void remove(UUID id) {
        writes.remove(id, () -> {
            if (!users.delete(id)) {
                throw UserProblems.notFound(id);
            }
        });
    }
}
