package io.lumbung.service.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The pages about the service, and what is found in them. */
final class Pages {

    static final String TROUBLESHOOTING = "docs/how-to/troubleshooting.md";
    static final String RUN_THE_SERVICE = "docs/how-to/run-the-service.md";

    private Pages() {}

    static String read(String page) {
        try {
            return Files.readString(Path.of("..").resolve(page));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What the first group of {@code pattern} finds. */
    static List<String> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /** The text of the blocks that are fenced as {@code language}. */
    static List<String> blocks(String language, String page) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(read(page))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }
}
