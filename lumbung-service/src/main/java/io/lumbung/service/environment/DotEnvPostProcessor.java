package io.lumbung.service.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Adds the {@code .env} file of the working directory to the environment, right behind the real variables, which win.
 *
 * <p>It runs before the configuration files are read, so a profile may be chosen in it.
 */
final class DotEnvPostProcessor implements EnvironmentPostProcessor, Ordered {

    /** The suffix makes Spring read the names as it reads variables: REDIS_HOST is also redis.host. */
    static final String SOURCE = "dotenv-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

    private final Path file;

    DotEnvPostProcessor() {
        this(Path.of(".env"));
    }

    DotEnvPostProcessor(Path file) {
        this.file = file;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        List<String> lines = lines();
        if (lines.isEmpty()) {
            return;
        }
        MutablePropertySources sources = environment.getPropertySources();
        SystemEnvironmentPropertySource source = new SystemEnvironmentPropertySource(SOURCE, DotEnv.parse(lines));
        if (sources.contains(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
            sources.addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, source);
        } else {
            sources.addLast(source);
        }
    }

    private List<String> lines() {
        try {
            return Files.isDirectory(file) ? List.of() : Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException unreadable) {
            throw new SettingException(
                    file.toAbsolutePath() + " cannot be read: " + unreadable,
                    "Make it a readable text file in UTF-8, or remove it.");
        }
    }

    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER - 1;
    }
}
