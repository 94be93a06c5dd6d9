package io.lumbung.service.user;

import java.util.UUID;
import org.springframework.stereotype.Service;

/** Makes a new user, unless handle or e-mail address belong to somebody. */
@Service
class RegisterUser {

    private final UserStore users;
    private final UserWrites writes;

    RegisterUser(UserStore users, UserWrites writes) {
        this.users = users;
        this.writes = writes;
    }

    User register(UserInput input) {
        UUID id = UUID.randomUUID();
        return writes.create(id, () -> {
            users.insert(id, input);
            return users.find(id).orElseThrow();
        });
    }
}
