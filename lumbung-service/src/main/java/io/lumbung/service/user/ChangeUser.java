package io.lumbung.service.user;

import java.util.UUID;
import org.springframework.stereotype.Service;

/** Replaces what a user says about themselves; a missing bio is a removed one. */
@Service
class ChangeUser {

    private final UserStore users;
    private final UserWrites writes;

    ChangeUser(UserStore users, UserWrites writes) {
        this.users = users;
        this.writes = writes;
    }

    User change(UUID id, UserInput input) {
        return writes.change(id, () -> {
            if (!users.update(id, input)) {
                throw UserProblems.notFound(id);
            }
            return users.find(id).orElseThrow();
        });
    }
}
