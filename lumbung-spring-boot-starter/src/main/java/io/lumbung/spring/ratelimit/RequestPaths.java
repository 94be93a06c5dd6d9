package io.lumbung.spring.ratelimit;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.UriUtils;
import org.springframework.web.util.pattern.PathPattern;

/**
 * The path of a request as patterns see it. Written strangely ({@code /x/..;/login}, {@code /%6cogin}) it has a second
 * spelling, what the container makes of it: a rule matches if it matches either, an exemption only what is written plainly.
 *
 * @param text as it was written, within the application
 * @param spellings parsed
 * @param plain whether there is nothing to decode, to strip or to resolve in it
 */
record RequestPaths(String text, List<PathContainer> spellings, boolean plain) {

    static RequestPaths of(HttpServletRequest request) {
        String uri = request.getRequestURI();
        String path =
                uri.substring(Math.min(uri.length(), request.getContextPath().length()));
        if (isPlain(path)) {
            return new RequestPaths(path, List.of(PathContainer.parsePath(path)), true);
        }
        String pathInfo = request.getPathInfo();
        String resolved = request.getServletPath() + (pathInfo == null ? "" : pathInfo);
        PathContainer byContainer = PathContainer.parsePath(UriUtils.encodePath(resolved, StandardCharsets.UTF_8));
        try {
            return new RequestPaths(
                    path, List.of(ServletRequestPathUtils.parse(request).pathWithinApplication(), byContainer), false);
        } catch (IllegalArgumentException e) {
            // Nobody will find a handler for what cannot be decoded.
            return new RequestPaths(path, List.of(byContainer), false);
        }
    }

    private static boolean isPlain(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%' || c == ';' || c == '\\') {
                return false;
            }
            if (c == '/' && i + 1 < path.length()) {
                char next = path.charAt(i + 1);
                if (next == '/' || next == '.' && isDots(path, i + 1)) {
                    return false;
                }
            }
        }
        return path.startsWith("/");
    }

    /** Whether a segment {@code .} or {@code ..} begins at {@code from}. */
    private static boolean isDots(String path, int from) {
        int end = path.indexOf('/', from);
        String segment = path.substring(from, end < 0 ? path.length() : end);
        return segment.equals(".") || segment.equals("..");
    }

    boolean match(List<PathPattern> patterns) {
        for (PathPattern pattern : patterns) {
            for (PathContainer spelling : spellings) {
                if (pattern.matches(spelling)) {
                    return true;
                }
            }
        }
        return false;
    }
}
