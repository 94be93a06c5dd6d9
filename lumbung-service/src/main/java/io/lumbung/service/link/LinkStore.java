package io.lumbung.service.link;

import io.lumbung.service.user.Link;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Links in PostgreSQL. */
@Repository
class LinkStore {

    private final JdbcClient jdbc;

    LinkStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    int count(UUID userId) {
        return jdbc.sql("select count(*) from links where user_id = :user")
                .param("user", userId)
                .query(Integer.class)
                .single();
    }

    Link insert(UUID userId, LinkInput input) {
        return jdbc.sql("""
                        insert into links (id, user_id, title, url) values (:id, :user, :title, :url)
                        returning id, title, url, created_at
                        """)
                .param("id", UUID.randomUUID())
                .param("user", userId)
                .param("title", input.title())
                .param("url", input.url())
                .query((row, number) -> new Link(
                        row.getObject("id", UUID.class),
                        row.getString("title"),
                        row.getString("url"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant()))
                .single();
    }

    /** Returns false if the user has no such link. */
    boolean delete(UUID userId, UUID linkId) {
        return jdbc.sql("delete from links where id = :id and user_id = :user")
                        .param("id", linkId)
                        .param("user", userId)
                        .update()
                == 1;
    }
}
