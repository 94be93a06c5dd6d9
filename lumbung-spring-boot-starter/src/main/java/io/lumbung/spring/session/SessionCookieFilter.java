package io.lumbung.spring.session;

import io.lumbung.session.Sessions;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Finds a request's session by its cookie, but reads it only when it is asked for: see {@link CurrentSession}. A cookie
 * that is no token, or leads nowhere, is none.
 */
public final class SessionCookieFilter extends OncePerRequestFilter {
    private final Sessions sessions;
    private final SessionCookies cookies;

    SessionCookieFilter(Sessions sessions, SessionCookies cookies) {
        this.sessions = sessions;
        this.cookies = cookies;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (CurrentSession.in(request).isEmpty()) {
            new CurrentSession(sessions, cookies.token(request)).bind(request);
        }
        chain.doFilter(request, response);
    }

    // What is in front of this filter may have refused the request; then only its error comes here.
    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }
}
