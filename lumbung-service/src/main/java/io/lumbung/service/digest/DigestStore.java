package io.lumbung.service.digest;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Digests in PostgreSQL. */
@Repository
class DigestStore {

    private final JdbcClient jdbc;

    DigestStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The time by the clock that the data bears. */
    Instant now() {
        return jdbc.sql("select clock_timestamp()")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    /** The end of the last period that has a digest. */
    Optional<Instant> writtenUntil() {
        return jdbc.sql("select period_end from digests order by period_start desc limit 1")
                .query(OffsetDateTime.class)
                .optional()
                .map(OffsetDateTime::toInstant);
    }

    /** Counts what happened in the period, and keeps it. */
    void insert(Period period, String writer) {
        jdbc.sql("""
                        insert into digests
                               (period_start, period_end, new_users, new_links, new_socials, changed_users, written_by)
                        select :start, :end,
                               (select count(*) from users where created_at >= :start and created_at < :end),
                               (select count(*) from links where created_at >= :start and created_at < :end),
                               (select count(*) from socials where created_at >= :start and created_at < :end),
                               (select count(*) from users
                                 where created_at < :start and updated_at >= :start and updated_at < :end),
                               :writer
                        """)
                .param("start", period.start().atOffset(ZoneOffset.UTC))
                .param("end", period.end().atOffset(ZoneOffset.UTC))
                .param("writer", writer)
                .update();
    }

    Optional<Digest> latest() {
        return jdbc.sql("""
                        select period_start, period_end, new_users, new_links, new_socials, changed_users,
                               written_at, written_by
                          from digests order by period_start desc limit 1
                        """).query(DigestStore::digest).optional();
    }

    private static Digest digest(ResultSet row, int number) throws SQLException {
        return new Digest(
                row.getObject("period_start", OffsetDateTime.class).toInstant(),
                row.getObject("period_end", OffsetDateTime.class).toInstant(),
                row.getLong("new_users"),
                row.getLong("new_links"),
                row.getLong("new_socials"),
                row.getLong("changed_users"),
                row.getObject("written_at", OffsetDateTime.class).toInstant(),
                row.getString("written_by"));
    }
}
