package io.lumbung.service.user;

import io.lumbung.service.handle.HandleClaims;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Gives a user another handle; the one they had is free for anybody from then on. */
@Service
public class ClaimHandle {

    private final UserStore users;
    private final UserWrites writes;
    private final HandleClaims claims;

    ClaimHandle(UserStore users, UserWrites writes, HandleClaims claims) {
        this.users = users;
        this.writes = writes;
        this.claims = claims;
    }

    /**
     * Claims it.
     *
     * @param handle tidied, see {@link UserInput#handle(String)}
     * @return the user as shown; empty if there is no such user
     * @throws io.lumbung.service.web.ProblemException if it is taken, or cannot be claimed just now
     */
    public Optional<User> claim(UUID id, String handle) {
        return claims.claim(
                handle,
                lease -> writes.change(id, lease, () -> users.rename(id, handle) ? users.find(id) : Optional.empty()));
    }
}
