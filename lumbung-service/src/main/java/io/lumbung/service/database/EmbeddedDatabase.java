package io.lumbung.service.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.util.FileSystemUtils;

/**
 * A real PostgreSQL as a child process, for development and tests: on loopback, on a free port, without a password, and
 * not crash-safe (fsync is off).
 *
 * <p>Server and data end with this process, however it ends: {@link #close()} stops them, and when the JVM is killed a
 * small watching process does.
 */
final class EmbeddedDatabase implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final String USER = "postgres";

    private final EmbeddedPostgres server;
    private final Reaper reaper;
    private final Path data;

    private EmbeddedDatabase(EmbeddedPostgres server, Reaper reaper, Path data) {
        this.server = server;
        this.reaper = reaper;
        this.data = data;
    }

    /** Starts the server and returns when it answers; the first start of a user unpacks it, which takes a moment. */
    static EmbeddedDatabase start() {
        try {
            Path data = Files.createTempDirectory("lumbung-postgres-data-");
            Reaper reaper = Reaper.watch(data);
            try {
                EmbeddedPostgres server = EmbeddedPostgres.builder()
                        .setOverrideWorkingDirectory(programs().toFile())
                        .setDataDirectory(data)
                        .setCleanDataDirectory(true)
                        // Spring closes the connections first and this server after them; a hook would not wait.
                        .setRegisterShutdownHook(false)
                        .setPGStartupWait(Duration.ofSeconds(30))
                        .start();
                log.info(
                        "embedded PostgreSQL started on port {} (development only, data in {})",
                        server.getPort(),
                        data);
                return new EmbeddedDatabase(server, reaper, data);
            } catch (IOException | RuntimeException failed) {
                reaper.close();
                throw failed;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(
                    "the embedded PostgreSQL did not start; set DATABASE_URL to use your own", failed);
        }
    }

    int port() {
        return server.getPort();
    }

    JdbcConnectionDetails connection() {
        String url = server.getJdbcUrl(USER, USER);
        return new JdbcConnectionDetails() {
            @Override
            public String getUsername() {
                return USER;
            }

            @Override
            public String getPassword() {
                return "";
            }

            @Override
            public String getJdbcUrl() {
                return url;
            }
        };
    }

    @Override
    public void close() throws IOException {
        log.info("stopping the embedded PostgreSQL");
        try (reaper) {
            server.close();
        } finally {
            FileSystemUtils.deleteRecursively(data);
        }
    }

    /** One folder per user: what root unpacked, nobody else may write to, and nobody may plant programs for us. */
    private static Path programs() throws IOException {
        Path home = Path.of(System.getProperty("java.io.tmpdir"));
        Path folder = home.resolve("lumbung-postgres-" + System.getProperty("user.name"));
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            return Files.createDirectories(folder);
        }
        var onlyUs = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return Files.createDirectory(folder, onlyUs);
        }
        Path ours = Files.createTempDirectory("lumbung-postgres-");
        boolean same = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(ours));
        if (same) {
            Files.delete(ours);
            return folder;
        }
        return ours;
    }
}
