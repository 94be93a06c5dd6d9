package io.lumbung.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The map of features names classes and tests that exist, and a requirement is there for every number. */
class FeaturesPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAME = Pattern.compile("`(\\w+)`");
    private static final int CLASS = 2;
    private static final int TEST = 3;
    private static final int STATE = 4;

    private final List<String[]> rows = rows();

    @Test
    void everyClassAndTestIsThere() throws IOException {
        Set<String> main = classes("src/main/java");
        Set<String> tests = classes("src/test/java");
        for (String[] row : rows) {
            assertThat(main).as(row[1]).containsAll(names(row[CLASS]));
            assertThat(tests).as(row[1]).containsAll(names(row[TEST]));
        }
    }

    @Test
    void whatIsDoneIsProved() {
        for (String[] row : rows) {
            assertThat(row[STATE].strip()).as(row[1]).containsPattern("^(done|to come)");
            boolean prose = row[1].contains("page");
            assertThat(row[STATE].contains("done") && names(row[TEST]).isEmpty() && !prose)
                    .as("done without a test: " + row[1])
                    .isFalse();
        }
    }

    @Test
    void noRequirementIsMissing() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/reference/features.md"));
        assertThat(page.lines().filter(line -> line.startsWith("## R")).map(line -> line.split(" ")[1]))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 14).mapToObj(n -> "R" + n).toList());
    }

    private static List<String[]> rows() {
        try (Stream<String> lines = Files.lines(ROOT.resolve("docs/reference/features.md"))) {
            return lines.filter(line -> line.startsWith("| ") && !line.startsWith("| what |"))
                    .map(line -> line.split(" \\| |^\\| | \\|$", -1))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> names(String cell) {
        Matcher names = NAME.matcher(cell);
        return names.results().map(match -> match.group(1)).toList();
    }

    private static Set<String> classes(String folder) throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.map(path -> path.toString().replace('\\', '/'))
                    .filter(path -> path.contains(folder) && path.endsWith(".java"))
                    .map(path -> path.substring(path.lastIndexOf('/') + 1, path.length() - ".java".length()))
                    .collect(Collectors.toSet());
        }
    }
}
