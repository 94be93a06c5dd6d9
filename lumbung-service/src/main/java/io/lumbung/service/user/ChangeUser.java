package io.lumbung.service.user;

import io.lumbung.service.handle.HandleClaims;
import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.stereotype.Service;

/** Replaces what a user says about themselves; a missing bio is a removed one, and another handle is claimed. */
@Service
class ChangeUser {

    private final UserStore users;
    private final UserWrites writes;
    private final HandleClaims claims;

    ChangeUser(UserStore users, UserWrites writes, HandleClaims claims) {
        this.users = users;
        this.writes = writes;
        this.claims = claims;
    }

    User change(UUID id, UserInput input) {
        String present = users.handle(id).orElseThrow(() -> UserProblems.notFound(id));
        Supplier<User> statements = () -> {
            if (!users.update(id, input)) {
                throw UserProblems.notFound(id);
            }
            return users.find(id).orElseThrow();
        };
        return present.equals(input.handle())
                ? writes.change(id, statements)
                : claims.claim(input.handle(), lease -> writes.change(id, lease, statements));
    }
}
