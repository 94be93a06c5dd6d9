package io.lumbung.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every script has a header a reviewer can check, and touches no key but those it was given. */
class ScriptsTest {
    private static final Path SCRIPTS = Path.of("src/main/resources");
    private static final Pattern CALL = Pattern.compile("redis\\.p?call\\(\\s*'(\\w+)'\\s*(?:,\\s*([^,)]+))?");
    private static final List<String> WITHOUT_A_KEY = List.of("PUBLISH", "TIME");

    static Stream<Path> scripts() throws IOException {
        try (Stream<Path> all = Files.walk(SCRIPTS)) {
            return all.filter(file -> file.toString().endsWith(".lua")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void touchesOnlyDeclaredKeys(Path script) throws IOException {
        assertThat(undeclared(Files.readString(script))).as(script.toString()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void saysWhatItTakesGivesAndCosts(Path script) throws IOException {
        String header = Files.readString(script)
                .lines()
                .takeWhile(line -> line.startsWith("--"))
                .reduce("", (all, line) -> all + line + "\n");
        assertThat(header).as(script.toString()).contains("KEYS[1]", "Returns", "O(");
    }

    @Test
    void aKeyMadeUpInsideAScriptIsFound() {
        assertThat(undeclared("redis.call('GET', KEYS[1]) redis.call('TIME') redis.call('PUBLISH', ARGV[1], 'x')"))
                .isEmpty();
        assertThat(undeclared("redis.call('GET', KEYS[i]) redis.call('MGET', unpack(KEYS))"))
                .isEmpty();
        assertThat(undeclared("redis.call('DEL', KEYS[1] .. ':x')")).hasSize(1);
        assertThat(undeclared("redis.call('GET', ARGV[1])")).hasSize(1);
        assertThat(undeclared("redis.call('KEYS', '*')")).hasSize(1);
    }

    private static List<String> undeclared(String script) {
        Matcher calls = CALL.matcher(script.replaceAll("(?m)--.*$", ""));
        return calls.results()
                .filter(call -> !WITHOUT_A_KEY.contains(call.group(1)))
                .filter(call ->
                        call.group(2) == null || !call.group(2).strip().matches("KEYS\\[[^\\]]+]|unpack\\(KEYS"))
                .map(call -> call.group())
                .toList();
    }
}
