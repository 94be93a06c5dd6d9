package io.lumbung.service.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class DotEnvTest {

    @TempDir
    Path folder;

    @Test
    void readsValuesCommentsAndQuotes() {
        assertThat(DotEnv.parse(List.of(
                        "\uFEFFREDIS_HOST=redis",
                        "",
                        "# a comment",
                        "  export REDIS_PORT = 6380  ",
                        "EMPTY=",
                        "ONLY_COMMENT=  # nothing",
                        "TRAILING=value # said so",
                        "HASH=pa#ss",
                        "SINGLE='a \"b\" \\n # c' # comment",
                        "DOUBLE=\"a 'b' \\\"c\\\" \\\\ \\n\\t \\x\"",
                        "EQUALS=a=b=c",
                        "TWICE=1",
                        "TWICE=2")))
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("REDIS_HOST", "redis"),
                        Map.entry("REDIS_PORT", "6380"),
                        Map.entry("EMPTY", ""),
                        Map.entry("ONLY_COMMENT", ""),
                        Map.entry("TRAILING", "value"),
                        Map.entry("HASH", "pa#ss"),
                        Map.entry("SINGLE", "a \"b\" \\n # c"),
                        Map.entry("DOUBLE", "a 'b' \"c\" \\ \n\t \\x"),
                        Map.entry("EQUALS", "a=b=c"),
                        Map.entry("TWICE", "2")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"secret", "=secret", "1A=secret", "A='secret", "A=\"secret", "A='x'secret", "A=\"secret\\\""})
    void namesABrokenLineWithoutShowingIt(String line) {
        assertThatThrownBy(() -> DotEnv.parse(List.of("GOOD=1", line)))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(".env line 2")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aVeryLongQuotedValueIsNoProblem() {
        String value = "x\\\"".repeat(100_000);
        assertThat(DotEnv.parse(List.of("A=\"" + value + "\""))).containsEntry("A", "x\"".repeat(100_000));
    }

    @Test
    void theRealEnvironmentWinsAndTheNamesWorkLikeVariables() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), "A=file\nB=file\nREDIS_HOST=redis\n");
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of("A", "real")));

        new DotEnvPostProcessor(file).postProcessEnvironment(environment, new SpringApplication());

        assertThat(environment.getProperty("A")).isEqualTo("real");
        assertThat(environment.getProperty("B")).isEqualTo("file");
        assertThat(environment.getProperty("redis.host")).isEqualTo("redis");
    }

    @Test
    void noFileAndAFolderOfThatNameAreNoProblem() {
        StandardEnvironment environment = new StandardEnvironment();
        new DotEnvPostProcessor(folder.resolve("none")).postProcessEnvironment(environment, new SpringApplication());
        new DotEnvPostProcessor(folder).postProcessEnvironment(environment, new SpringApplication());
        assertThat(environment.getPropertySources().contains(DotEnvPostProcessor.SOURCE))
                .isFalse();
    }

    @Test
    void aFileThatIsNoTextIsAClearError() throws Exception {
        Path file = Files.write(folder.resolve(".env"), new byte[] {'A', '=', (byte) 0xff});
        assertThatThrownBy(() -> new DotEnvPostProcessor(file)
                        .postProcessEnvironment(new StandardEnvironment(), new SpringApplication()))
                .isInstanceOf(SettingException.class)
                .hasMessageContaining(file.toString());
    }
}
