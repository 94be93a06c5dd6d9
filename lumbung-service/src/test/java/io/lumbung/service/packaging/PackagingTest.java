package io.lumbung.service.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.config.DotEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** There is no Docker engine in a build, so what it would read is at least read here. */
class PackagingTest {
    private static final Path ROOT = Path.of("..");
    private static final Map<String, Object> CHECK_TIMES = Map.of("interval", "5s", "timeout", "5s", "retries", 5);

    private final Map<String, Object> compose = new Yaml().load(read("compose.yaml"));

    @Test
    void theAppIsBuiltHereAndWaitsForHealthyServers() {
        Map<String, Object> app = service("app");
        assertThat(app).containsEntry("build", ".").containsEntry("env_file", ".env");
        assertThat(app.get("ports")).isEqualTo(List.of("8000:8000"));
        assertThat(map(app, "environment"))
                .containsEntry("REDIS_HOST", "redis")
                .containsEntry("PORT", "8000")
                .containsEntry("LUMBUNG_STATE_REDIS_URL", "redis://redis-state:6379")
                .hasEntrySatisfying(
                        "DATABASE_URL", url -> assertThat(String.valueOf(url)).contains("@postgres:5432/myapp"));
        for (String server : List.of("postgres", "redis", "redis-state")) {
            assertThat(map(map(app, "depends_on"), server)).containsEntry("condition", "service_healthy");
        }
    }

    @Test
    void postgresIsAsTheOriginalsHaveIt() {
        Map<String, Object> postgres = service("postgres");
        assertThat(postgres).containsEntry("image", "postgres:16-alpine");
        assertThat(postgres.get("ports")).isEqualTo(List.of("5432:5432"));
        assertThat(map(postgres, "environment"))
                .containsEntry("POSTGRES_USER", "postgres")
                .containsEntry("POSTGRES_PASSWORD", "postgres")
                .containsEntry("POSTGRES_DB", "myapp");
        assertThat(postgres.get("volumes")).isEqualTo(List.of("postgres_data:/var/lib/postgresql/data"));
        assertThat(map(postgres, "healthcheck").get("test")).isEqualTo(List.of("CMD-SHELL", "pg_isready -U postgres"));
        assertThat(map(postgres, "healthcheck")).containsAllEntriesOf(CHECK_TIMES);
    }

    @Test
    void theCachesRedisMayEvictAndTheStatesMayNot() {
        Map<String, Object> cache = service("redis");
        assertThat(cache).containsEntry("image", "redis:7-alpine");
        assertThat(cache.get("ports")).isEqualTo(List.of("6379:6379"));
        assertThat(cache)
                .containsEntry(
                        "command", "redis-server --appendonly yes --maxmemory 256mb --maxmemory-policy allkeys-lru");
        assertThat(cache.get("volumes")).isEqualTo(List.of("redis_data:/data"));

        Map<String, Object> state = service("redis-state");
        assertThat(state.get("ports")).isEqualTo(List.of("6380:6379"));
        assertThat(String.valueOf(state.get("command"))).contains("--appendonly yes", "noeviction");

        for (Map<String, Object> redis : List.of(cache, state)) {
            assertThat(map(redis, "healthcheck").get("test")).isEqualTo(List.of("CMD", "redis-cli", "ping"));
            assertThat(map(redis, "healthcheck")).containsAllEntriesOf(CHECK_TIMES);
        }
        assertThat(map(compose, "volumes")).containsOnlyKeys("postgres_data", "redis_data", "redis_state_data");
    }

    @Test
    void theExampleHasTheLinesOfTheOriginals() throws IOException {
        assertThat(DotEnv.read(ROOT.resolve(".env.example")))
                .containsEntry("REDIS_HOST", "localhost")
                .containsEntry("REDIS_PORT", "6379")
                .containsEntry("REDIS_PASSWORD", "")
                .containsEntry("REDIS_DB", "0")
                .containsEntry("REDIS_POOL_SIZE", "10")
                .containsEntry("REDIS_MIN_IDLE_CONNS", "5");
    }

    @Test
    void theImageRunsThePackagedJarAsAnOrdinaryUser() {
        List<String> lines =
                read("Dockerfile").lines().filter(line -> !line.isBlank()).toList();
        assertThat(lines.get(0)).startsWith("FROM ").endsWith(" AS build");
        assertThat(lines)
                .anyMatch(line -> line.startsWith("RUN mvn ") && line.contains("-pl lumbung-service -am package"))
                .anyMatch(line -> line.startsWith("COPY --from=build") && line.contains("lumbung-service/target/"))
                .anyMatch(line -> line.startsWith("USER ") && !line.contains("root"))
                .contains("EXPOSE 8000");
        assertThat(lines.get(lines.size() - 1)).startsWith("ENTRYPOINT [\"java\", \"-jar\"");
    }

    private Map<String, Object> service(String name) {
        return map(map(compose, "services"), name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> parent, String name) {
        assertThat(parent).containsKey(name);
        return (Map<String, Object>) parent.get(name);
    }

    private static String read(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new AssertionError("cannot read " + file, e);
        }
    }
}
