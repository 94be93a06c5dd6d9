package io.lumbung.spring.ratelimit;

import io.lumbung.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** The rules in a YAML file, looked at again and again by its content: where files are links, times say little. */
final class RuleFile implements RuleSource {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.ratelimit");
    private static final int LARGEST = 1 << 20;

    private final Path path;
    private volatile byte @Nullable [] seen;

    RuleFile(Path path) {
        this.path = path;
    }

    @Override
    public List<RateLimitRule> read() {
        byte[] content;
        try {
            content = content();
        } catch (IOException e) {
            seen = null;
            throw ConfigException.of(
                    RateLimitProperties.PREFIX + ".file",
                    path.toString(),
                    "it cannot be read (" + e + ")",
                    "Name a readable YAML file, or leave it out");
        }
        seen = content;
        return RuleSource.bound(binder(content), "rules", this)
                .orElseThrow(() -> ConfigException.of(
                        path.toString(),
                        null,
                        "it has no rules",
                        "Write them under 'rules:', or 'rules: {}' for none"));
    }

    private Binder binder(byte[] content) {
        try {
            List<PropertySource<?>> documents =
                    new YamlPropertySourceLoader().load(path.toString(), new ByteArrayResource(content));
            return new Binder(ConfigurationPropertySources.from(documents));
        } catch (IOException | RuntimeException e) {
            throw ConfigException.of(path.toString(), null, "it is not YAML (" + e.getMessage() + ")", "Correct it");
        }
    }

    private byte[] content() throws IOException {
        if (Files.size(path) > LARGEST) {
            throw new IOException("larger than 1 MiB");
        }
        return Files.readAllBytes(path);
    }

    @Override
    public String setting(String rule, String field) {
        return "rules." + rule + (field.isEmpty() ? "" : "." + field) + " in " + path;
    }

    /** Looks at the file again and again until it is closed. */
    record Watch(Runnable end) implements AutoCloseable {
        static final Watch NONE = new Watch(() -> {});

        @Override
        public void close() {
            end.run();
        }
    }

    /** Looks every {@code interval}, on a thread of its own, and tells {@code changed} of other content. */
    Watch watch(Duration interval, Runnable changed) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "lumbung-ratelimit-file");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(
                () -> look(changed), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        return new Watch(timer::shutdownNow);
    }

    private void look(Runnable changed) {
        byte[] before = seen;
        try {
            byte[] now = content();
            if (Arrays.equals(now, before)) {
                return;
            }
            seen = now;
            changed.run();
            log.info("rate limits are those of {} as it is now", path);
        } catch (IOException e) {
            // Told once; when it is there again its content is compared anew.
            seen = null;
            if (before != null) {
                log.error("{} cannot be read, the rate limits go on as they were: {}", path, e.toString());
            }
        } catch (RuntimeException e) {
            log.error("{} is wrong, the rate limits go on as they were: {}", path, e.getMessage());
        }
    }
}
