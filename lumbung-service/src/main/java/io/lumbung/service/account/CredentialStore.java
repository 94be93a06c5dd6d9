package io.lumbung.service.account;

import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The hashes of passwords in PostgreSQL, in a table of their own, from which nothing is cached. */
@Repository
class CredentialStore {

    private final JdbcClient jdbc;

    CredentialStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Whose hash it is. */
    record Credentials(UUID user, String passwordHash) {
        @Override
        public String toString() {
            return "credentials of " + user;
        }
    }

    void insert(UUID user, String passwordHash) {
        jdbc.sql("insert into credentials (user_id, password_hash) values (:user, :hash)")
                .param("user", user)
                .param("hash", passwordHash)
                .update();
    }

    /** Empty if there is no such user, or one who registered before there were passwords. */
    Optional<Credentials> find(String handle) {
        return jdbc.sql("""
                        select c.user_id, c.password_hash
                          from users u join credentials c on c.user_id = u.id
                         where lower(u.handle) = :handle
                        """)
                .param("handle", handle)
                .query((row, number) ->
                        new Credentials(row.getObject("user_id", UUID.class), row.getString("password_hash")))
                .optional();
    }
}
