package io.lumbung.spring.howto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/**
 * What a how-to page shows is what is compiled and run here.
 *
 * <p>A page of this module begins with {@code <!-- snippets: PATH -->}, the path of a file in this module. Each of its
 * blocks of Java or YAML stands below a line {@code <!-- snippet: FILE#TAG -->} and is exactly what FILE, below this
 * module's {@code src/test}, has between its lines {@code tag::TAG} and {@code end::TAG}, moved to the left margin.
 */
class HowToPagesTest {
    private static final Path PAGES = Path.of("..", "docs", "how-to");
    private static final String OURS = "<!-- snippets: lumbung-spring-boot-starter/";
    private static final Pattern MARK = Pattern.compile("<!-- snippet: ([^#]+)#([a-z-]+) -->");

    private record Block(Path page, int line, String language, String mark, String text) {
        @Override
        public String toString() {
            return page.getFileName() + ":" + line;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void aBlockIsExactlyItsSnippet(Block block) throws IOException {
        Matcher mark = MARK.matcher(block.mark());
        assertThat(mark.matches())
                .as("%s: a block of %s needs a mark above it, found '%s'", block, block.language(), block.mark())
                .isTrue();
        assertThat(block.text()).as("%s", block).isEqualTo(snippet(mark.group(1), mark.group(2)));
    }

    @Test
    void thereArePages() throws IOException {
        assertThat(blocks()).isNotEmpty();
    }

    @Test
    void aChangedBlockIsCaught() throws IOException {
        assertThat(snippet("howto/SpringCacheSnippets.java", "service"))
                .startsWith("@Service")
                .isNotEqualTo("@Service\nclass Other {}\n");
    }

    static Stream<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        try (Stream<Path> pages = Files.list(PAGES)) {
            for (Path page : pages.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList()) {
                List<String> lines = Files.readAllLines(page);
                if (lines.get(0).startsWith(OURS)) {
                    blocks.addAll(blocks(page, lines));
                }
            }
        }
        return blocks.stream();
    }

    private static List<Block> blocks(Path page, List<String> lines) {
        List<Block> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.equals("```java") || line.equals("```yaml")) {
                int end = i + lines.subList(i, lines.size()).indexOf("```");
                String text = String.join("\n", lines.subList(i + 1, end)) + "\n";
                blocks.add(new Block(page, i + 1, line.substring(3), i == 0 ? "" : lines.get(i - 1), text));
                i = end;
            }
        }
        return blocks;
    }

    private static String snippet(String file, String tag) throws IOException {
        Path source = Stream.of("src/test/java/io/lumbung/spring", "src/test/resources")
                .map(folder -> Path.of(folder).resolve(file))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new UncheckedIOException(new IOException("no " + file + " below src/test")));
        List<String> lines = Files.readAllLines(source);
        int from = indexOf(lines, "tag::" + tag);
        int to = indexOf(lines, "end::" + tag);
        List<String> inside = lines.subList(from + 1, to);
        int margin = inside.stream()
                .filter(line -> !line.isBlank())
                .mapToInt(line -> line.length() - line.stripLeading().length())
                .min()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        inside.forEach(line ->
                text.append(line.isBlank() ? "" : line.substring(margin)).append('\n'));
        return text.toString();
    }

    private static int indexOf(List<String> lines, String mark) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).endsWith(mark)) {
                return i;
            }
        }
        throw new IllegalArgumentException("no line ends with " + mark);
    }
}
