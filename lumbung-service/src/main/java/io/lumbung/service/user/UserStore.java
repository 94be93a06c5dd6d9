package io.lumbung.service.user;

import io.lumbung.service.web.Page;
import io.lumbung.service.web.ProblemCode;
import io.lumbung.service.web.ProblemException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Users in PostgreSQL. Every read is one statement, so a user and their links come from one moment. */
@Repository
class UserStore {

    private static final String SHOWN = """
            select u.id, u.handle, u.name, u.email, u.bio, u.created_at, u.updated_at,
                   (select coalesce(json_agg(json_build_object(
                               'id', l.id, 'title', l.title, 'url', l.url, 'created_at', l.created_at)
                           order by l.created_at, l.id), '[]')
                      from links l where l.user_id = u.id) as links,
                   (select coalesce(json_agg(json_build_object(
                               'id', s.id, 'platform', s.platform, 'url', s.url, 'created_at', s.created_at)
                           order by s.created_at, s.id), '[]')
                      from socials s where s.user_id = u.id) as socials
            """;
    private static final String FOUND = "(:search = '' or handle ilike :pattern or name ilike :pattern)";

    private final JdbcClient jdbc;
    private final JsonMapper json;

    UserStore(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    void insert(UUID id, UserInput input) {
        try {
            bind("""
                            insert into users (id, handle, name, email, bio)
                            values (:id, :handle, :name, :email, :bio)
                            """, id, input).update();
        } catch (DuplicateKeyException taken) {
            throw conflict(taken);
        }
    }

    /** Returns false if there is no such user. */
    boolean update(UUID id, UserInput input) {
        try {
            return bind("""
                                    update users
                                       set handle = :handle, name = :name, email = :email, bio = :bio, updated_at = now()
                                     where id = :id
                                    """, id, input).update() == 1;
        } catch (DuplicateKeyException taken) {
            throw conflict(taken);
        }
    }

    /** Changes nothing but the handle; returns false if there is no such user. */
    boolean rename(UUID id, String handle) {
        try {
            return jdbc.sql("update users set handle = :handle, updated_at = now() where id = :id")
                            .param("id", id)
                            .param("handle", handle)
                            .update()
                    == 1;
        } catch (DuplicateKeyException taken) {
            throw conflict(taken);
        }
    }

    /** Returns false if there is no such user. */
    boolean delete(UUID id) {
        return jdbc.sql("delete from users where id = :id").param("id", id).update() == 1;
    }

    Optional<String> handle(UUID id) {
        return jdbc.sql("select handle from users where id = :id")
                .param("id", id)
                .query(String.class)
                .optional();
    }

    Optional<User> find(UUID id) {
        return jdbc.sql(SHOWN + "from users u where u.id = :id")
                .param("id", id)
                .query(this::shown)
                .optional();
    }

    /** Needs a transaction with one snapshot, or total and page may be of two moments. */
    Page<User> page(UserQuery query) {
        long total = jdbc.sql("select count(*) from users where " + FOUND)
                .param("search", query.search())
                .param("pattern", query.pattern())
                .query(Long.class)
                .single();
        List<User> users = jdbc.sql(SHOWN + "from (select * from users where " + FOUND
                        + " order by created_at, id limit :limit offset :offset) u order by u.created_at, u.id")
                .param("search", query.search())
                .param("pattern", query.pattern())
                .param("limit", query.limit())
                .param("offset", query.offset())
                .query(this::shown)
                .list();
        return new Page<>(users, total, query.page(), query.limit());
    }

    private JdbcClient.StatementSpec bind(String sql, UUID id, UserInput input) {
        return jdbc.sql(sql)
                .param("id", id)
                .param("handle", input.handle())
                .param("name", input.name())
                .param("email", input.email())
                .param("bio", input.bio());
    }

    private User shown(ResultSet row, int number) throws SQLException {
        return new User(
                row.getObject("id", UUID.class),
                row.getString("handle"),
                row.getString("name"),
                row.getString("email"),
                row.getString("bio"),
                json.readValue(row.getString("links"), new TypeReference<List<Link>>() {}),
                json.readValue(row.getString("socials"), new TypeReference<List<Social>>() {}),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }

    /** The database decides who was first; two requests at once cannot both pass. */
    private static RuntimeException conflict(DuplicateKeyException taken) {
        return switch (brokenConstraint(taken)) {
            case "users_handle_key" ->
                new ProblemException(
                        ProblemCode.HANDLE_TAKEN, "handle", "is taken by another user; choose another one");
            case "users_email_key" ->
                new ProblemException(ProblemCode.EMAIL_TAKEN, "email", "belongs to another user; use another one");
            default -> taken;
        };
    }

    private static String brokenConstraint(DuplicateKeyException taken) {
        return Optional.ofNullable(taken.getCause())
                .filter(PSQLException.class::isInstance)
                .map(PSQLException.class::cast)
                .map(PSQLException::getServerErrorMessage)
                .map(ServerErrorMessage::getConstraint)
                .orElse("");
    }
}
