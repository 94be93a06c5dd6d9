package io.lumbung.service.environment;

import io.lumbung.config.DotEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.StringUtils;

/**
 * Completes the environment by the {@code .env} file of the working directory. A variable that is really set wins; a
 * blank one counts as not set.
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
        MutablePropertySources sources = environment.getPropertySources();
        PropertySource<?> variables = sources.get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
        Map<String, Object> missing = new HashMap<>();
        assignments().forEach((name, value) -> {
            if (variables == null || !StringUtils.hasText(Objects.toString(variables.getProperty(name), ""))) {
                missing.put(name, value);
            }
        });
        if (missing.isEmpty()) {
            return;
        }
        SystemEnvironmentPropertySource source = new SystemEnvironmentPropertySource(SOURCE, missing);
        if (variables == null) {
            sources.addLast(source);
        } else {
            sources.addBefore(variables.getName(), source);
        }
    }

    private Map<String, String> assignments() {
        try {
            return Files.isDirectory(file) ? Map.of() : DotEnv.read(file);
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
