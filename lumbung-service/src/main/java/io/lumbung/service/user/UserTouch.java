package io.lumbung.service.user;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Marks a user as changed, for writes to what belongs to them. */
@Component
public class UserTouch {

    private final JdbcClient jdbc;

    UserTouch(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Sets the time of the last change and holds the user's row until the transaction ends, so that writes to one
     * user's page queue up and none of them misses the user's removal.
     *
     * @throws io.lumbung.service.web.ProblemException if there is no such user
     */
    public void touch(UUID id) {
        int found = jdbc.sql("update users set updated_at = now() where id = :id")
                .param("id", id)
                .update();
        if (found == 0) {
            throw UserProblems.notFound(id);
        }
    }
}
