package io.lumbung.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table of {@code docs/reference/properties.md} is the table of settings. After a change of settings, run this test
 * with {@code -Dlumbung.docs=write} and read the difference.
 */
class PropertiesPageTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "properties.md");
    private static final String HEAD = "|---|---|---|---|---|---|";

    @Test
    void thePageListsExactlyTheSettingsThereAre() throws IOException {
        if ("write".equals(System.getProperty("lumbung.docs"))) {
            write();
        }
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `"))
                .toList();
        assertThat(rows).containsExactlyElementsOf(expected());
    }

    private static void write() throws IOException {
        List<String> page = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (!line.startsWith("| `")) {
                page.add(line);
            }
            if (line.equals(HEAD)) {
                page.addAll(expected());
            }
        }
        Files.write(PAGE, page);
    }

    private static List<String> expected() {
        return LumbungConfig.settings().stream().map(PropertiesPageTest::row).toList();
    }

    private static String row(Setting<?> setting) {
        return List.of(
                        code(Optional.of(setting.property())),
                        code(setting.variable())
                                + setting.olderVariable()
                                        .map(name -> ", `" + name + "`")
                                        .orElse(""),
                        code(setting.springProperty()),
                        code(setting.defaultText()),
                        setting.expected(),
                        setting.meaning())
                .stream()
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    private static String code(Optional<String> text) {
        return text.map(name -> "`" + name + "`").orElse("–");
    }
}
