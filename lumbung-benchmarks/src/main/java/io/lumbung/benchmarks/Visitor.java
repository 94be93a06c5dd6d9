package io.lumbung.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Who has sessions, and what each of them remembers: four texts, about 300 B with their names, two of which name the user,
 * so that an answer for somebody else is noticed.
 */
record Visitor(String user, Map<String, String> attributes) {

    /** The attribute every request looks at. */
    static final String CSRF = "csrf";

    private static final String WORDS = "Rice, barns and harvest songs. ".repeat(6);

    Visitor {
        attributes = Map.copyOf(attributes);
    }

    /** The first {@code count} of a fixed order in which nobody comes twice. */
    static List<Visitor> of(int count) {
        return IntStream.range(0, count).mapToObj(Visitor::number).toList();
    }

    private static Visitor number(int i) {
        String user = uuid("user " + i);
        return new Visitor(
                user,
                Map.of(
                        CSRF,
                        uuid("csrf " + i),
                        "locale",
                        "de-CH",
                        "returnTo",
                        "/orders?page=3",
                        "notes",
                        user + WORDS));
    }

    private static String uuid(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.US_ASCII)).toString();
    }

    String csrf() {
        return attributes.getOrDefault(CSRF, "");
    }
}
