package io.lumbung.service.user;

import io.lumbung.cache.Fetched;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Reads one user as they are shown. */
@Service
public class ReadUser {

    private final UserStore users;
    private final UserCache cache;

    ReadUser(UserStore users, UserCache cache) {
        this.users = users;
        this.cache = cache;
    }

    /** Empty if there is no such user. */
    public Fetched<User> read(UUID id) {
        return cache.user(id, () -> users.find(id).orElse(null));
    }

    /** As they are now, past the cache; empty if there is no such user. */
    public Optional<User> readNow(UUID id) {
        return users.find(id);
    }
}
