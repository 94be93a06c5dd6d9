package io.lumbung.spring.session;

import io.lumbung.error.StoreException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 503 when Redis does not say whether there is a session: whoever asks is not logged out by that, and his cookie
 * stays as it is. In front of all that reads sessions.
 */
final class SessionOutageFilter extends OncePerRequestFilter {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.session");
    private static final byte[] BODY = ("{\"type\":\"urn:lumbung:problem:session-store-unavailable\","
                    + "\"title\":\"Sessions cannot be read just now\",\"status\":503,"
                    + "\"detail\":\"it cannot be seen who is logged in, please try again later\","
                    + "\"code\":\"SESSION_STORE_UNAVAILABLE\"}")
            .getBytes(StandardCharsets.UTF_8);
    private static final List<String> KEPT = List.of(
            "Access-Control-",
            "Vary",
            "X-RateLimit-",
            "RateLimit",
            "Strict-Transport-Security",
            "X-Content-Type-Options",
            "X-Request-Id");
    private static final int MOST_CAUSES = 16;
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

    private final LongSupplier nanoTime;
    private final AtomicLong next;
    private final AtomicLong untold = new AtomicLong();

    SessionOutageFilter(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.next = new AtomicLong(nanoTime.getAsLong());
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException | IOException | RuntimeException e) {
            Optional<StoreException> outage = outage(e);
            if (outage.isEmpty() || response.isCommitted()) {
                throw e;
            }
            tell(outage.get());
            answer(response);
        }
    }

    // Every request fails while Redis is down: one line now and then says it all.
    private void tell(StoreException outage) {
        long now = nanoTime.getAsLong();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + BETWEEN_LINES.toNanos())) {
            log.warn(
                    "answered 503, {} times since this was last said: {}",
                    untold.getAndSet(0) + 1,
                    outage.getMessage());
        } else {
            untold.incrementAndGet();
            log.debug("answered 503: {}", outage.getMessage());
        }
    }

    private static Optional<StoreException> outage(Exception thrown) {
        @Nullable Throwable cause = thrown;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof StoreException store && store.operation().startsWith("session.")) {
                return Optional.of(store);
            }
            cause = cause.getCause();
        }
        return Optional.empty();
    }

    // Whatever was prepared goes, also a cookie; what says who may read the answer, and how often he may ask, stays.
    private static void answer(HttpServletResponse response) throws IOException {
        Map<String, List<String>> kept = new LinkedHashMap<>();
        for (String name : response.getHeaderNames()) {
            if (KEPT.stream().anyMatch(prefix -> name.regionMatches(true, 0, prefix, 0, prefix.length()))) {
                kept.put(name, List.copyOf(response.getHeaders(name)));
            }
        }
        response.reset();
        kept.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setHeader("Retry-After", "1");
        response.setHeader("Cache-Control", "no-store");
        response.setContentType("application/problem+json");
        response.setContentLength(BODY.length);
        response.getOutputStream().write(BODY);
    }
}
