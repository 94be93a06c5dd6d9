package io.lumbung.spring.session;

import io.lumbung.session.CreateResult;
import io.lumbung.session.Device;
import io.lumbung.session.NewSession;
import io.lumbung.session.RotateResult;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;

/**
 * Logs in and out by a cookie that holds a session's token.
 *
 * <p>It is {@code __Host-session} with {@code Secure}, {@code HttpOnly}, {@code SameSite=Lax} and {@code Path=/} when the
 * connection is secure, as the container says; behind a proxy that ends TLS it must be told, see
 * {@code server.forward-headers-strategy}. Over plain HTTP it is {@code session} without {@code Secure}, for development,
 * and there is a warning once. It ends with the browser; the session ends in Redis. Thread-safe.
 */
public final class SessionCookies {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.session");
    private static final String SECURE = "__Host-session";
    private static final String PLAIN = "session";

    private final Sessions sessions;
    private final RequestDevices devices;
    private final AtomicBoolean warned = new AtomicBoolean();

    SessionCookies(Sessions sessions, RequestDevices devices) {
        this.sessions = sessions;
        this.devices = devices;
    }

    /**
     * Creates a session and sets its cookie; the session the request had ends. Its token is new, whatever the request
     * brought. A device that is not known is the request's.
     *
     * @return {@link CreateResult.Rejected} if the user has too many without it: then nothing has changed, unless somebody
     *     else took its place at that moment
     * @throws io.lumbung.error.StoreException if Redis did not confirm it; no cookie is set
     * @throws IllegalStateException if the response is on its way already
     */
    public CreateResult login(HttpServletRequest request, HttpServletResponse response, NewSession wanted) {
        requireOpen(response);
        CurrentSession current = CurrentSession.of(request);
        NewSession known = wanted.device().equals(Device.UNKNOWN) ? wanted.from(devices.of(request)) : wanted;
        CreateResult result = created(known, current);
        if (result instanceof CreateResult.Created created) {
            current.token().ifPresent(sessions::destroy);
            set(request, response, created.token());
            current.become(created.token(), created.session());
        }
        return result;
    }

    // The session that is replaced takes no place of its user's: nobody else must go, or be refused, for its sake.
    private CreateResult created(NewSession wanted, CurrentSession current) {
        SessionPolicy policy = sessions.policy();
        boolean again =
                policy.most() > 0 && wanted.user().isPresent() && current.user().equals(wanted.user());
        if (again && policy.whenFull() == SessionPolicy.WhenFull.EVICT_OLDEST) {
            current.token().ifPresent(sessions::destroy);
        }
        CreateResult result = sessions.create(wanted);
        if (again && result instanceof CreateResult.Rejected rejected && rejected.live() <= policy.most()) {
            current.token().ifPresent(sessions::destroy);
            return sessions.create(wanted);
        }
        return result;
    }

    /**
     * Gives the request's session another token, after its bearer may do more than before, and sets the cookie.
     *
     * @return whether there is such a session
     * @throws io.lumbung.error.StoreException if Redis did not confirm it
     * @throws IllegalStateException if the response is on its way already
     */
    public boolean rotate(HttpServletRequest request, HttpServletResponse response) {
        requireOpen(response);
        CurrentSession current = CurrentSession.of(request);
        Optional<RotateResult> result = current.token().map(sessions::rotate);
        if (result.isPresent() && result.get() instanceof RotateResult.Rotated rotated) {
            set(request, response, rotated.token());
            current.become(rotated.token());
        }
        return result.isPresent() && !(result.get() instanceof RotateResult.Gone);
    }

    /**
     * Ends the session in Redis and then clears the cookie.
     *
     * @return whether there was one
     * @throws io.lumbung.error.StoreException if Redis did not confirm it; the cookie stays, so that it can be tried again
     * @throws IllegalStateException if the response is on its way already
     */
    public boolean logout(HttpServletRequest request, HttpServletResponse response) {
        requireOpen(response);
        CurrentSession current = CurrentSession.of(request);
        boolean existed = current.token().map(sessions::destroy).orElse(false);
        write(response, cookie(request, "").maxAge(Duration.ZERO).build());
        current.end();
        return existed;
    }

    /** The first cookie of the right name that looks like a token. Under the other name it could be anybody's. */
    Optional<SessionToken> token(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies == null) {
            return Optional.empty();
        }
        String name = name(request);
        for (Cookie cookie : cookies) {
            if (cookie.getName().equals(name) && cookie.getValue() != null) {
                Optional<SessionToken> token = SessionToken.parse(cookie.getValue());
                if (token.isPresent()) {
                    return token;
                }
                // Is counted; Redis is not asked.
                sessions.find(cookie.getValue());
            }
        }
        return Optional.empty();
    }

    private static String name(HttpServletRequest request) {
        return request.isSecure() ? SECURE : PLAIN;
    }

    private void set(HttpServletRequest request, HttpServletResponse response, SessionToken token) {
        if (!request.isSecure() && !warned.getAndSet(true)) {
            log.warn("the session cookie goes over plain HTTP, which anybody on the way can read: for development only."
                    + " Use HTTPS; if a proxy ends TLS, set server.forward-headers-strategy so that its word counts.");
        }
        write(response, cookie(request, token.text()).build());
    }

    private static ResponseCookie.ResponseCookieBuilder cookie(HttpServletRequest request, String value) {
        return ResponseCookie.from(name(request), value)
                .path("/")
                .httpOnly(true)
                .secure(request.isSecure())
                .sameSite("Lax");
    }

    // Which of two cookies of one name a browser keeps is nothing to rely on: the last of a request is sent alone.
    private static void write(HttpServletResponse response, ResponseCookie cookie) {
        List<String> others = response.getHeaders(HttpHeaders.SET_COOKIE).stream()
                .filter(line -> !line.startsWith(cookie.getName() + "="))
                .toList();
        response.setHeader(HttpHeaders.SET_COOKIE, others.isEmpty() ? cookie.toString() : others.get(0));
        if (!others.isEmpty()) {
            others.stream().skip(1).forEach(line -> response.addHeader(HttpHeaders.SET_COOKIE, line));
            response.addHeader(HttpHeaders.SET_COOKIE, cookie.toString());
        }
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private static void requireOpen(HttpServletResponse response) {
        if (response.isCommitted()) {
            throw new IllegalStateException("the response is on its way already: no cookie can be set any more");
        }
    }
}
