package io.lumbung.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Java and YAML snippet of a how-to page stands, but for white space, in a file that is compiled or run. */
class HowToTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern SOURCE = Pattern.compile("<!-- snippets: (.+) -->");
    private static final Pattern SNIPPET = Pattern.compile("```(?:java|ya?ml)\n(.*?)```", Pattern.DOTALL);

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> all = Files.walk(ROOT.resolve("docs/how-to"))) {
            return all.filter(page -> page.toString().endsWith(".md")).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everySnippetIsCompiled(Path page) throws IOException {
        String text = Files.readString(page);
        List<String> snippets = snippets(text);
        if (snippets.isEmpty()) {
            return;
        }
        Matcher source = SOURCE.matcher(text);
        assertThat(source.find())
                .as(page + " names the source file of its snippets")
                .isTrue();
        StringBuilder code = new StringBuilder();
        for (String file : source.group(1).split(" ")) {
            code.append(Files.readString(ROOT.resolve(file)));
        }
        assertThat(missing(snippets, code.toString()))
                .as(page + " and " + source.group(1))
                .isEmpty();
    }

    @Test
    void aSnippetThatIsNotInTheSourceIsMissed() {
        String code = "class A {\n    int a = 1;\n    int b = 2;\n}\n";
        assertThat(missing(List.of("int a = 1;\nint b = 2;\n"), code)).isEmpty();
        assertThat(missing(List.of("int a = 2;\n"), code)).hasSize(1);
        assertThat(missing(List.of("int b = 2;\nint a = 1;\n"), code)).hasSize(1);
    }

    @Test
    void thereArePages() throws IOException {
        assertThat(pages()).isNotEmpty();
    }

    private static List<String> snippets(String page) {
        List<String> snippets = new ArrayList<>();
        Matcher matcher = SNIPPET.matcher(page);
        while (matcher.find()) {
            snippets.add(matcher.group(1));
        }
        return snippets;
    }

    private static List<String> missing(List<String> snippets, String code) {
        String flat = flat(code);
        return snippets.stream()
                .filter(snippet -> !flat.contains(flat(snippet)))
                .toList();
    }

    // Where lines break is the formatter's choice.
    private static String flat(String text) {
        return text.replaceAll("\\s+", "");
    }
}
