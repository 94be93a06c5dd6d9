package io.lumbung.spring.session;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.lumbung.error.StoreException;
import io.lumbung.session.Session;
import io.lumbung.session.SessionId;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import jakarta.servlet.http.HttpSession;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.session.SessionInformation;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The sessions of a user as Spring Security's {@code maximumSessions} sees them, on all instances: those in {@link
 * Sessions#list}. One that is to expire ends in Redis at once, so its next request is one without a session.
 *
 * <p>An information's id is not the token, lets nobody in, and can be asked for here. That of the current request's own
 * session is what {@code HttpSession.getId()} says, because Spring Security recognises it by that: do not show it. Nothing
 * is registered here: a login enters the list by itself. What is asked about the current request's session costs nothing,
 * anything else the round trips of {@link Sessions}, and may throw {@link StoreException}. Thread-safe.
 */
final class SharedSessionRegistry implements SessionRegistry {
    private final Sessions sessions;

    SharedSessionRegistry(Sessions sessions) {
        this.sessions = sessions;
    }

    /** @throws UnsupportedOperationException always: Redis keeps no list of users */
    @Override
    public List<Object> getAllPrincipals() {
        throw new UnsupportedOperationException("there is no list of all who are logged in, only one for each user");
    }

    /** Last used first; none of them has expired, whether such are asked for or not. */
    @Override
    public List<SessionInformation> getAllSessions(Object principal, boolean includeExpiredSessions) {
        String user = new TestingAuthenticationToken(principal, "").getName();
        List<SessionInformation> all = new ArrayList<>();
        if (user.isBlank()) {
            return all;
        }
        Optional<HttpSession> own = own();
        Optional<SessionId> ownId =
                own.flatMap(session -> SessionToken.parse(session.getId())).map(SessionToken::id);
        for (Session one : sessions.list(user)) {
            all.add(
                    ownId.equals(Optional.of(one.id()))
                            ? new Own(user, own.orElseThrow(), one.lastUsedAt())
                            : new Other(user, ListedId.of(one, user).text(), one));
        }
        return all;
    }

    @Override
    public @Nullable SessionInformation getSessionInformation(String sessionId) {
        Optional<HttpSession> own = own().filter(session -> session.getId().equals(sessionId));
        if (own.isPresent()) {
            return user(own.get())
                    .map(user -> new Own(
                            user, own.get(), Instant.ofEpochMilli(own.get().getLastAccessedTime())))
                    .orElse(null);
        }
        return session(sessionId)
                .flatMap(session -> session.user().map(user -> new Other(user, sessionId, session)))
                .orElse(null);
    }

    private Optional<Session> session(String id) {
        Optional<ListedId> listed = ListedId.parse(id);
        return listed.isEmpty()
                ? sessions.find(id)
                : sessions.list(listed.get().user()).stream()
                        .filter(session -> session.id().equals(listed.get().id()))
                        .findFirst();
    }

    // A session is noted, entered and forgotten in Redis by itself.

    @Override
    public void refreshLastRequest(String sessionId) {}

    @Override
    public void registerNewSession(String sessionId, Object principal) {}

    @Override
    public void removeSessionInformation(String sessionId) {}

    /** That of the request this thread works on. */
    private static Optional<HttpSession> own() {
        return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes
                ? Optional.ofNullable(attributes.getRequest().getSession(false))
                : Optional.empty();
    }

    private static Optional<String> user(HttpSession session) {
        if (session.getAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME) instanceof String user) {
            return Optional.of(user);
        }
        return session.getAttribute("SPRING_SECURITY_CONTEXT") instanceof SecurityContext context
                        && context.getAuthentication() != null
                ? Optional.of(context.getAuthentication().getName())
                : Optional.empty();
    }

    /** The session of the current request: it has to know that it ends. */
    private final class Own extends SessionInformation {
        private static final long serialVersionUID = 1L;

        Own(String user, HttpSession session, Instant lastUsed) {
            super(user, session.getId(), Date.from(lastUsed));
        }

        @Override
        @JsonIgnore // it is a token
        public String getSessionId() {
            return super.getSessionId();
        }

        @Override
        public void expireNow() {
            own().filter(session -> session.getId().equals(getSessionId()))
                    .ifPresentOrElse(
                            HttpSession::invalidate,
                            () -> SessionToken.parse(getSessionId()).ifPresent(sessions::destroy));
            super.expireNow();
        }
    }

    private final class Other extends SessionInformation {
        private static final long serialVersionUID = 1L;

        private final String user;
        private final SessionId id;

        Other(String user, String id, Session session) {
            super(user, id, Date.from(session.lastUsedAt()));
            this.user = user;
            this.id = session.id();
        }

        @Override
        public void expireNow() {
            sessions.destroy(user, id);
            super.expireNow();
        }
    }
}
