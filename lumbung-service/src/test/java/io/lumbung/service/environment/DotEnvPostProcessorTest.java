package io.lumbung.service.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class DotEnvPostProcessorTest {

    @TempDir
    Path folder;

    @Test
    void theRealEnvironmentWinsUnlessItIsBlankAndTheNamesWorkLikeVariables() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), "A=file\nB=file\nREDIS_HOST=redis\n");
        StandardEnvironment environment = environment(Map.of("A", "real", "B", " "));

        process(file, environment);

        assertThat(environment.getProperty("A")).isEqualTo("real");
        assertThat(environment.getProperty("B")).isEqualTo("file");
        assertThat(environment.getProperty("redis.host")).isEqualTo("redis");
    }

    @Test
    void aSystemPropertyWinsOverTheFile() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), "JAVA_VENDOR=file\n");
        StandardEnvironment environment = environment(Map.of());

        process(file, environment);

        assertThat(environment.getProperty("java.vendor")).isEqualTo(System.getProperty("java.vendor"));
    }

    @Test
    void noFileAndAFolderOfThatNameAreNoProblem() {
        StandardEnvironment environment = environment(Map.of());
        process(folder.resolve("none"), environment);
        process(folder, environment);
        assertThat(environment.getPropertySources().contains(DotEnvPostProcessor.SOURCE))
                .isFalse();
    }

    @Test
    void aBrokenLineStopsTheStartWithoutBeingShown() throws Exception {
        Path file = Files.writeString(folder.resolve(".env"), "GOOD=1\nA='secret\n");
        assertThatThrownBy(() -> process(file, environment(Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(".env line 2")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aFileThatIsNoTextIsAClearError() throws Exception {
        Path file = Files.write(folder.resolve(".env"), new byte[] {'A', '=', (byte) 0xff});
        assertThatThrownBy(() -> process(file, environment(Map.of())))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(".env: it is not UTF-8");
    }

    private static void process(Path file, StandardEnvironment environment) {
        new DotEnvPostProcessor(file).postProcessEnvironment(environment, new SpringApplication());
    }

    private static StandardEnvironment environment(Map<String, Object> variables) {
        StandardEnvironment environment = new StandardEnvironment();
        String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
        environment.getPropertySources().replace(name, new SystemEnvironmentPropertySource(name, variables));
        return environment;
    }
}
