package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheScriptsTest {
    private static final Path SCRIPTS = Path.of("src/main/resources/io/lumbung/cache");

    @ParameterizedTest
    @ValueSource(strings = {"miss", "take", "fill", "release", "keep", "put", "invalidate", "token"})
    void sayWhatTheyTakeAndReturn(String name) throws IOException {
        String text = Files.readString(SCRIPTS.resolve(name + ".lua"));
        String header = text.lines().takeWhile(line -> line.startsWith("--")).collect(Collectors.joining("\n"));
        String body = text.substring(header.length());
        assertThat(header).contains("Returns", "O(");
        assertThat(arguments(header)).isEqualTo(arguments(body + mentionedOnly(header)));
        assertThat(body).doesNotContain("KEYS[i", "unpack", "os.");
    }

    @Test
    void areAllListedHere() throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "miss.lua",
                            "take.lua",
                            "fill.lua",
                            "release.lua",
                            "keep.lua",
                            "put.lua",
                            "invalidate.lua",
                            "token.lua");
        }
    }

    // A key that is declared for its slot alone is said to be untouched.
    private static String mentionedOnly(String header) {
        Matcher untouched =
                Pattern.compile("(KEYS\\[\\d]) [^(\\n]*\\(not touched\\)").matcher(header);
        return untouched.find() ? untouched.group(1) : "";
    }

    private static Set<String> arguments(String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = Pattern.compile("(KEYS|ARGV)\\[\\d]").matcher(text);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }
}
