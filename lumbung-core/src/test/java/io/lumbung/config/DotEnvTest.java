package io.lumbung.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DotEnvTest {
    @TempDir
    Path folder;

    @Test
    void readsAssignmentsCommentsAndQuotes() {
        String text = "\uFEFF# servers\r\n"
                + "REDIS_HOST=localhost\n"
                + "  REDIS_PORT = 6379   # the usual\n"
                + "\texport\tREDIS_DB=0\n"
                + "REDIS_PASSWORD=\r\n"
                + "EMPTY= # nothing\n"
                + "HASH=a#b\n"
                + "SINGLE='a # \"b\" $HOME \\n' # comment\n"
                + "DOUBLE=\"a # 'b' \\\"c\\\" \\\\ \\n\\t\\$ \\x $HOME\"\n"
                + "BLANKS='  '\n"
                + "URL=redis://u:p%40@h:1/0?x=y\n"
                + "\n"
                + "TWICE=1\r"
                + "TWICE=2";
        assertThat(DotEnv.parse(text))
                .containsExactly(
                        entry("REDIS_HOST", "localhost"),
                        entry("REDIS_PORT", "6379"),
                        entry("REDIS_DB", "0"),
                        entry("REDIS_PASSWORD", ""),
                        entry("EMPTY", ""),
                        entry("HASH", "a#b"),
                        entry("SINGLE", "a # \"b\" $HOME \\n"),
                        entry("DOUBLE", "a # 'b' \"c\" \\ \n\t$ \\x $HOME"),
                        entry("BLANKS", "  "),
                        entry("URL", "redis://u:p%40@h:1/0?x=y"),
                        entry("TWICE", "2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2", "=hunter2", "1A=hunter2", "A B=hunter2", "A-B=hunter2", "A='hunter2", "A=\"hunter2",
                "A=\"hunter2\\\"", "A='hunter2' more", "A=\"hunter2\"more", "export", "export A", "A='", "A=\""
            })
    void namesTheLineAndNeverItsContent(String line) {
        assertThatThrownBy(() -> DotEnv.parse("OK=1\n# fine\n" + line + "\nOK=2"))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(".env line 3: ")
                .message()
                .doesNotContain("hunter2");
    }

    @Test
    void aMissingFileSaysNothing() throws Exception {
        assertThat(DotEnv.read(folder.resolve(".env"))).isEmpty();
    }

    @Test
    void theEnvironmentCountsMoreThanTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), "REDIS_HOST=file\nREDIS_PORT=1\nREDIS_DB=2\n");
        Map<String, String> complete =
                DotEnv.complete(Map.of("REDIS_HOST", "env", "REDIS_PORT", " ", "HOME", "/"), file);
        assertThat(complete)
                .containsOnly(
                        entry("REDIS_HOST", "env"),
                        entry("REDIS_PORT", "1"),
                        entry("REDIS_DB", "2"),
                        entry("HOME", "/"));
        assertThat(LumbungConfig.from(complete).redis().address()).isEqualTo("env:1");
    }

    @Test
    void whatIsNoTextIsRefused() throws Exception {
        Path file = Files.write(folder.resolve("settings.env"), new byte[] {'A', '=', (byte) 0xff});
        assertThatThrownBy(() -> DotEnv.read(file))
                .isInstanceOf(ConfigException.class)
                .hasMessage("settings.env: it is not UTF-8. Save it as UTF-8.");
        Path large = Files.writeString(folder.resolve("large.env"), "#".repeat((1 << 20) + 1));
        assertThatThrownBy(() -> DotEnv.read(large))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("larger than 1 MiB");
    }
}
