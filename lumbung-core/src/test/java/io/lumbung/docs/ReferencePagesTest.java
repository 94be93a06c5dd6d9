package io.lumbung.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.lumbung.key.KeyKind;
import io.lumbung.key.KeySpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The reference pages list exactly what there is. */
class ReferencePagesTest {
    private static final Path REFERENCE = Path.of("../docs/reference");

    @Test
    void theKeysPageListsEveryKindOfKey() throws IOException {
        String page = page("keys.md");
        List<String> rows =
                rows(page, "\\| `([A-Z_]+)` \\| `([^`]+)` \\|.*", matcher -> matcher.group(1) + " " + matcher.group(2));
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(KeyKind.values())
                        .map(kind -> kind + " " + kind.shape())
                        .toList());
        KeySpace.RESERVED.forEach(word -> assertThat(page).contains("`" + word + "`"));
    }

    @Test
    void theErrorsPageListsEveryException() throws IOException {
        List<String> rows = rows(page("errors.md"), "\\| `(\\w+Exception)` \\|.*", matcher -> matcher.group(1));
        List<String> ours = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("io.lumbung").stream()
                        .filter(type -> type.isAssignableTo(RuntimeException.class))
                        .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                        .filter(type -> !type.getModifiers().contains(JavaModifier.ABSTRACT))
                        .filter(type -> !type.getPackageName().startsWith("io.lumbung.embedded"))
                        .map(JavaClass::getSimpleName)
                        .toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(ours);
    }

    private static String page(String name) throws IOException {
        return Files.readString(REFERENCE.resolve(name));
    }

    private static List<String> rows(String page, String row, Function<Matcher, String> of) {
        Pattern pattern = Pattern.compile(row);
        return page.lines()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .map(of)
                .toList();
    }
}
