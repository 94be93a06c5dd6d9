package io.lumbung.spring.ratelimit;

import io.lumbung.config.ConfigException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** What no rule concerns: monitoring, which must work when it matters, and files that cost nothing. */
final class ExemptPaths {
    private final List<PathPattern> configured;
    private final Supplier<List<String>> management;
    private final Predicate<String> staticFile;
    private final PathPatternParser parser;
    private volatile List<PathPattern> all = List.of();

    /**
     * @param management patterns of the paths of the actuator, asked for once, with the first request
     * @param staticFile whether there is such a file, asked only for names that look like one
     */
    ExemptPaths(
            List<String> configured,
            Supplier<List<String>> management,
            Predicate<String> staticFile,
            PathPatternParser parser) {
        this.parser = parser;
        this.configured = configured.stream().map(this::parsed).toList();
        this.management = management;
        this.staticFile = staticFile;
    }

    private PathPattern parsed(String pattern) {
        try {
            return parser.parse(pattern.strip());
        } catch (PatternParseException e) {
            throw ConfigException.of(
                    RateLimitProperties.PREFIX + ".exempt-paths",
                    pattern,
                    "it is not a path pattern (" + e.getMessage() + ")",
                    "List patterns such as /docs/**");
        }
    }

    boolean contain(HttpServletRequest request, RequestPaths paths) {
        if (!paths.plain()) {
            return false;
        }
        return paths.match(all()) || reads(request) && looksLikeAFile(paths.text()) && staticFile.test(paths.text());
    }

    private List<PathPattern> all() {
        List<PathPattern> known = all;
        if (known.isEmpty()) {
            known = Stream.concat(configured.stream(), management.get().stream().map(parser::parse))
                    .toList();
            all = known;
        }
        return known;
    }

    private static boolean reads(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    private static boolean looksLikeAFile(String path) {
        return path.indexOf('.', path.lastIndexOf('/') + 1) >= 0;
    }
}
