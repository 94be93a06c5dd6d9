package io.lumbung.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows of ARCHITECTURE.md hold, and every rule is seen to catch a class that breaks it. */
class ArchitectureTest {
    private static final JavaClasses LIBRARY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.lumbung");

    /** Classes that each break the rule of the same name; they are laid out like the library, under another root. */
    private static final JavaClasses SEEDED = new ClassFileImporter().importPackages("seeded.io.lumbung");

    static Stream<Map.Entry<String, Rules.Rule>> rules() {
        return Rules.ALL.entrySet().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void holds(Map.Entry<String, Rules.Rule> rule) {
        assertThat(rule.getValue()
                        .under("")
                        .evaluate(LIBRARY)
                        .getFailureReport()
                        .getDetails())
                .as(rule.getKey())
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void catchesAClassThatBreaksIt(Map.Entry<String, Rules.Rule> rule) {
        List<String> broken = rule.getValue()
                .under("seeded.")
                .evaluate(SEEDED)
                .getFailureReport()
                .getDetails();
        assertThat(broken).as(rule.getKey()).isNotEmpty();
    }

    @Test
    void theLibraryIsWhatIsLookedAt() {
        assertThat(LIBRARY).hasSizeGreaterThan(50);
    }
}
