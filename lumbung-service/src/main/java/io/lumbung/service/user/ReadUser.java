package io.lumbung.service.user;

import io.lumbung.cache.Fetched;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Reads one user as they are shown. */
@Service
class ReadUser {

    private final UserStore users;
    private final UserCache cache;

    ReadUser(UserStore users, UserCache cache) {
        this.users = users;
        this.cache = cache;
    }

    /** Empty if there is no such user. */
    Fetched<User> read(UUID id) {
        return cache.user(id, () -> users.find(id).orElse(null));
    }
}
