package io.lumbung.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server program that runs on this machine.
 *
 * @param path where it is
 * @param product {@code Redis} or {@code Valkey}, as it calls itself
 * @param version such as {@code 7.0.15}
 * @param origin how it was found, for the log
 */
record RedisExecutable(Path path, String product, String version, String origin) {
    static final String PROPERTY = "lumbung.embedded.redis.executable";
    static final String VARIABLE = "LUMBUNG_REDIS_SERVER";

    private static final Logger LOG = LoggerFactory.getLogger(RedisServer.class);
    private static final Pattern VERSION = Pattern.compile("(\\w+) server v=(\\S+)");
    private static final String SUPPLIED = "redis-server-7.0.15-";
    private static final Map<String, String> SHA256 = Map.of(
            "linux-amd64", "c0cdeef856b3410fd99d6ec6fc6a20302e69059b00ce5d6abab7b3e5069ea91e",
            "linux-arm64", "d5c7ff117caf45d7dc2f59c1f956e1830438779947d66aa5647c2cdcc16eca50",
            "darwin-amd64", "e22a3d9147802bba0724efb2e446c49e1e514e76ff8031bb6d44b8628400d8f3",
            "darwin-arm64", "07838a2eb6f5961c89d8e6f1f83482de355dfc6bb04e05bfb00ae1f137dee129");

    private static final Object LOCK = new Object();
    private static final Map<Path, RedisExecutable> NAMED = new HashMap<>();
    private static @Nullable RedisExecutable found;

    /** Whether the cluster bus can have a port of its own: since Redis 7.0, and in every Valkey. */
    boolean knowsClusterPort() {
        return !product.equals("Redis") || Integer.parseInt(version.replaceFirst("\\D.*", "")) >= 7;
    }

    /** What to run when the caller names nothing: looked for once per JVM. */
    static RedisExecutable find() {
        String named = firstNonBlank(System.getProperty(PROPERTY), System.getenv(VARIABLE));
        if (named != null) {
            return explicit(Path.of(named), "named by " + PROPERTY + " or " + VARIABLE);
        }
        synchronized (LOCK) {
            RedisExecutable executable = found;
            if (executable == null || !Files.isExecutable(executable.path)) {
                executable = search(System.getenv("PATH")).logged();
                found = executable;
            }
            return executable;
        }
    }

    /** The program the caller asked for, or an error: nothing else is tried. */
    static RedisExecutable explicit(Path path, String origin) {
        synchronized (LOCK) {
            RedisExecutable known = NAMED.get(path);
            if (known != null && Files.isExecutable(path)) {
                return known;
            }
            try {
                RedisExecutable executable = probe(path, origin).logged();
                NAMED.put(path, executable);
                return executable;
            } catch (IOException e) {
                throw new IllegalStateException(
                        "the Redis server " + path + " (" + origin + ") does not run: " + e.getMessage(), e);
            }
        }
    }

    private RedisExecutable logged() {
        LOG.info("embedded server: {} {} at {} ({})", product, version, path, origin);
        return this;
    }

    /** The first that runs of {@code redis-server} and {@code valkey-server} on a PATH, else the supplied binary. */
    static RedisExecutable search(@Nullable String searchPath) {
        List<String> tried = new ArrayList<>();
        for (String name : List.of("redis-server", "valkey-server")) {
            for (String folder : (searchPath == null ? "" : searchPath).split(File.pathSeparator, -1)) {
                if (folder.isEmpty()) {
                    continue; // To a shell that is the working directory: not where we look for programs.
                }
                Path candidate = Path.of(folder, name);
                if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                    try {
                        return probe(candidate.toAbsolutePath(), "found on PATH");
                    } catch (IOException e) {
                        tried.add(candidate + ": " + e.getMessage());
                    }
                }
            }
        }
        tried.add("redis-server and valkey-server on PATH: " + (tried.isEmpty() ? "not there" : "none runs"));
        String platform = platform();
        try {
            Path supplied = extract(platform);
            return probe(supplied, "the supplied binary, for development and tests only");
        } catch (IOException e) {
            tried.add("the supplied binary: " + e.getMessage());
        }
        throw new IllegalStateException("no Redis server runs on this machine (" + platform + "). Tried: "
                + String.join("; ", tried) + ". Install redis-server or valkey-server, or set " + VARIABLE
                + " to the path of one");
    }

    static RedisExecutable probe(Path path, String origin) throws IOException {
        String text = "";
        // A program written a moment ago can be "busy" for as long as another thread's fork still holds its file open.
        for (int attempt = 0; attempt < 20; attempt++) {
            Process process = new ProcessBuilder("/bin/sh", "-c", "exec \"$0\" --version", path.toString())
                    .redirectErrorStream(true)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .start();
            try (InputStream output = process.getInputStream()) {
                text = new String(output.readAllBytes(), UTF_8).strip();
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new IOException("no answer to --version in 10 s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while asking for the version", e);
            }
            Matcher version = VERSION.matcher(text);
            if (process.exitValue() == 0 && version.find()) {
                return new RedisExecutable(path, version.group(1), version.group(2), origin);
            }
            if (!text.toLowerCase(Locale.ROOT).contains("text file busy")) {
                break;
            }
        }
        throw new IOException(text.isEmpty() ? "--version printed nothing" : text);
    }

    /** Unpacks the supplied binary into a folder of this JVM's own, so no other user can have prepared it. */
    private static Path extract(String platform) throws IOException {
        String expected = SHA256.get(platform);
        if (expected == null) {
            throw new IOException("there is none for " + platform);
        }
        String name = SUPPLIED + platform;
        try (InputStream in = RedisExecutable.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not on the class path (org.signal:embedded-redis)");
            }
            Path file = Watchdog.newFolder("program").resolve("redis-server");
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            try (DigestOutputStream out = new DigestOutputStream(Files.newOutputStream(file), sha256)) {
                in.transferTo(out);
            }
            String actual = HexFormat.of().formatHex(sha256.digest());
            if (!actual.equals(expected)) {
                Files.delete(file);
                throw new IOException(name + " has the SHA-256 " + actual + ", expected " + expected);
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
            return file;
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        } catch (UnsupportedOperationException | NoSuchAlgorithmException e) {
            throw new IOException("cannot unpack " + name, e);
        }
    }

    private static String platform() {
        String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        String system = os.contains("linux") ? "linux" : os.contains("mac") ? "darwin" : os;
        String processor = switch (arch) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> arch;
        };
        return system + "-" + processor;
    }

    private static @Nullable String firstNonBlank(@Nullable String first, @Nullable String second) {
        if (first != null && !first.isBlank()) {
            return first;
        }
        return second == null || second.isBlank() ? null : second;
    }
}
