package io.lumbung.spring.session;

import io.lumbung.session.Session;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import jakarta.servlet.ServletRequest;
import java.util.Optional;

/**
 * The session of a request by its cookie, read when it is first asked for and not again. A controller takes it, or an
 * {@code Optional<Session>}, as a parameter. Belongs to one request: not thread-safe.
 */
public final class CurrentSession {
    private static final String ATTRIBUTE = CurrentSession.class.getName();

    private final Sessions sessions;
    private Optional<SessionToken> token;
    private Optional<Session> session = Optional.empty();
    private boolean read;

    CurrentSession(Sessions sessions, Optional<SessionToken> token) {
        this.sessions = sessions;
        this.token = token;
    }

    /**
     * The one of {@code request}.
     *
     * @throws IllegalStateException if sessions are not kept in a cookie here, see {@code lumbung.session.http}
     */
    public static CurrentSession of(ServletRequest request) {
        return in(request)
                .orElseThrow(
                        () -> new IllegalStateException(
                                "the filter for the session cookie has not seen this request: set lumbung.session.http=cookie"));
    }

    static Optional<CurrentSession> in(ServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof CurrentSession current
                ? Optional.of(current)
                : Optional.empty();
    }

    /**
     * The session; empty for a visitor who is not logged in. The first call asks Redis, unless there is no cookie.
     *
     * @throws io.lumbung.error.StoreException if Redis did not answer
     */
    public Optional<Session> session() {
        if (!read) {
            session = token.flatMap(sessions::find);
            read = true;
        }
        return session;
    }

    /** Whose it is; empty too if it is nobody's. As {@link #session()}. */
    public Optional<String> user() {
        return session().flatMap(Session::user);
    }

    /** What the cookie holds, if it looks like a token: for calls to {@link Sessions}. */
    public Optional<SessionToken> token() {
        return token;
    }

    /** Forgets what was read, so that a change that was made is seen. */
    public void reload() {
        read = false;
    }

    void become(SessionToken newToken, Session newSession) {
        token = Optional.of(newToken);
        session = Optional.of(newSession);
        read = true;
    }

    void become(SessionToken newToken) {
        token = Optional.of(newToken);
        read = false;
    }

    void end() {
        token = Optional.empty();
        session = Optional.empty();
        read = true;
    }

    void bind(ServletRequest request) {
        request.setAttribute(ATTRIBUTE, this);
    }

    @Override
    public String toString() {
        return "the session of a request"
                + token.map(known -> ": " + known.id()).orElse(": none");
    }
}
