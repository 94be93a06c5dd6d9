package io.lumbung.spring.session;

import jakarta.servlet.Filter;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request has read of sessions. Spring Session saves once more when everybody else is done, and asks again for the
 * session the request came with: then what was read before is good enough, and Redis is spared a second read of every
 * request. Until then each read is one. Belongs to one thread.
 */
final class RequestReads {
    private static final ThreadLocal<@Nullable RequestReads> CURRENT = new ThreadLocal<>();

    private final Map<String, LumbungSession> read = new HashMap<>();
    private boolean last;

    /** In front of Spring Session's filter. */
    static Filter around() {
        return (request, response, chain) -> {
            RequestReads outer = CURRENT.get();
            CURRENT.set(new RequestReads());
            try {
                chain.doFilter(request, response);
            } finally {
                if (outer == null) {
                    CURRENT.remove();
                } else {
                    CURRENT.set(outer);
                }
            }
        };
    }

    /** Right behind it. */
    static Filter within() {
        return (request, response, chain) -> {
            try {
                chain.doFilter(request, response);
            } finally {
                RequestReads current = CURRENT.get();
                if (current != null) {
                    current.last = true;
                }
            }
        };
    }

    static Optional<LumbungSession> known(String id) {
        RequestReads current = CURRENT.get();
        return current != null && current.last ? noted(id) : Optional.empty();
    }

    /** What was read by {@code id} in this request, whatever became of it. */
    static Optional<LumbungSession> noted(String id) {
        RequestReads current = CURRENT.get();
        return current == null ? Optional.empty() : Optional.ofNullable(current.read.get(id));
    }

    static void note(String id, LumbungSession session) {
        RequestReads current = CURRENT.get();
        if (current != null) {
            current.read.put(id, session);
        }
    }
}
