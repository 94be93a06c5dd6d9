package io.lumbung.benchmarks;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.Session;
import io.lumbung.session.SessionChange;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import io.lumbung.session.UpdateResult;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lumbung's sessions as they come, connection and all; only the policy differs. */
final class LumbungSessionContender implements SessionContender {

    private final Lumbung lumbung;
    private final Sessions sessions;

    LumbungSessionContender(URI redis, SessionPolicy policy) {
        lumbung = Lumbung.connect(LumbungConfig.builder().url(redis.toString()).build());
        sessions = lumbung.sessions(policy);
    }

    /** With standard sessions whose calls may take longer than usual. */
    LumbungSessionContender(URI redis, Duration deadline) {
        lumbung = Lumbung.connect(LumbungConfig.builder().url(redis.toString()).build());
        sessions = Sessions.on(lumbung.kernel(), SessionPolicy.standard(), deadline);
    }

    @Override
    public String create(Visitor visitor) {
        return create(NewSession.of(visitor.user()), visitor.attributes());
    }

    @Override
    public String arrive(Map<String, String> attributes) {
        return create(NewSession.anonymous(), attributes);
    }

    private String create(NewSession whose, Map<String, String> attributes) {
        NewSession wanted = whose;
        for (Map.Entry<String, String> one : attributes.entrySet()) {
            wanted = wanted.with(one.getKey(), one.getValue());
        }
        if (sessions.create(wanted) instanceof CreateResult.Created created) {
            return created.token().text();
        }
        throw new WrongAnswerException("a session was rejected where any number may be had");
    }

    @Override
    public @Nullable String use(String id) {
        return sessions.find(id)
                .flatMap(session -> session.attribute(Visitor.CSRF, String.class))
                .orElse(null);
    }

    @Override
    public Map<String, String> read(String id, Iterable<String> names) {
        Map<String, String> all = new HashMap<>();
        Optional<Session> session = sessions.find(id);
        for (String name : names) {
            session.flatMap(found -> found.attribute(name, String.class)).ifPresent(value -> all.put(name, value));
        }
        return all;
    }

    @Override
    public void change(String id, String name, String value) {
        if (use(id) == null
                || !(sessions.update(token(id), SessionChange.none().set(name, value))
                        instanceof UpdateResult.Updated)) {
            throw new WrongAnswerException("a session that is there was not changed");
        }
    }

    /** As the starter's cookie filter does it: a new session, and the end of the old one. */
    @Override
    public String login(String id, Visitor visitor) {
        use(id);
        String next = create(visitor);
        sessions.destroy(token(id));
        return next;
    }

    @Override
    public void logout(String id) {
        use(id);
        sessions.destroy(token(id));
    }

    @Override
    public int list(String user) {
        return sessions.list(user).size();
    }

    @Override
    public int destroyAll(String user) {
        return Math.toIntExact(sessions.destroyAll(user));
    }

    private static SessionToken token(String id) {
        return SessionToken.parse(id).orElseThrow();
    }

    @Override
    public void close() {
        lumbung.close();
    }
}
