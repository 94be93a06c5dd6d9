package io.lumbung.service.user;

import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;

/** Makes a new user, unless handle or e-mail address belong to somebody. */
@Service
public class RegisterUser {

    private final UserStore users;
    private final UserWrites writes;

    RegisterUser(UserStore users, UserWrites writes) {
        this.users = users;
        this.writes = writes;
    }

    /**
     * Makes the user.
     *
     * @param alongside stores what belongs to the new account, of this id: with the user, or neither is
     * @return the user as shown
     * @throws io.lumbung.service.web.ProblemException if handle or e-mail address are taken
     */
    public User register(UserInput input, Consumer<UUID> alongside) {
        UUID id = UUID.randomUUID();
        return writes.create(id, () -> {
            users.insert(id, input);
            alongside.accept(id);
            return users.find(id).orElseThrow();
        });
    }
}
