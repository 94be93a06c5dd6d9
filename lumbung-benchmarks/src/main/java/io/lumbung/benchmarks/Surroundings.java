package io.lumbung.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** What a result depends on besides the code, one line each. Names no host and no user. */
final class Surroundings {

    private Surroundings() {}

    static List<String> describe(URI redis) throws IOException {
        var runtime = Runtime.getRuntime();
        return List.of(
                "machine: " + runtime.availableProcessors() + " processors (" + processor() + "), "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "jvm: " + System.getProperty("java.vm.name") + " " + Runtime.version() + ", heap at most "
                        + (runtime.maxMemory() >> 20) + " MiB",
                "load average before the start: "
                        + ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                "server: " + server(redis) + ", same machine, nothing persisted");
    }

    static String describe(DataSource postgres) throws SQLException {
        try (var connection = postgres.getConnection()) {
            return "database: PostgreSQL " + connection.getMetaData().getDatabaseProductVersion()
                    + ", same machine, all rows in memory";
        }
    }

    private static String processor() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return "unknown model";
        }
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown model");
        }
    }

    private static String server(URI redis) {
        try (var client = RedisClient.create(RedisURI.create(redis));
                var connection = client.connect()) {
            return (connection.sync().info("server") + connection.sync().info("memory"))
                    .lines()
                    .filter(line -> line.matches("(redis|valkey|server)_(version|name):.*|mem_allocator:.*"))
                    .map(line -> line.replace(':', ' '))
                    .collect(Collectors.joining(", "));
        }
    }
}
