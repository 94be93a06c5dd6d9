package io.lumbung.service.social;

import io.lumbung.service.user.Social;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Social profiles in PostgreSQL. */
@Repository
class SocialStore {

    private final JdbcClient jdbc;

    SocialStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    int count(UUID userId) {
        return jdbc.sql("select count(*) from socials where user_id = :user")
                .param("user", userId)
                .query(Integer.class)
                .single();
    }

    Social insert(UUID userId, SocialInput input) {
        return jdbc.sql("""
                        insert into socials (id, user_id, platform, url) values (:id, :user, :platform, :url)
                        returning id, platform, url, created_at
                        """)
                .param("id", UUID.randomUUID())
                .param("user", userId)
                .param("platform", input.platform())
                .param("url", input.url())
                .query((row, number) -> new Social(
                        row.getObject("id", UUID.class),
                        row.getString("platform"),
                        row.getString("url"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant()))
                .single();
    }

    /** Returns false if the user has no such profile. */
    boolean delete(UUID userId, UUID socialId) {
        return jdbc.sql("delete from socials where id = :id and user_id = :user")
                        .param("id", socialId)
                        .param("user", userId)
                        .update()
                == 1;
    }
}
