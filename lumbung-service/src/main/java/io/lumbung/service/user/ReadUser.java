package io.lumbung.service.user;

import java.util.UUID;
import org.springframework.stereotype.Service;

/** Reads one user as they are shown. */
@Service
class ReadUser {

    private final UserStore users;

    ReadUser(UserStore users) {
        this.users = users;
    }

    User read(UUID id) {
        return users.find(id).orElseThrow(() -> UserProblems.notFound(id));
    }
}
