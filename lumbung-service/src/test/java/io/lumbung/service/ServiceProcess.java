package io.lumbung.service;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The service as a process of its own, started as its users start it. */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(120);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final Pattern READY = Pattern.compile("ready: http://localhost:(\\d+)/");

    // A test asks more in a minute than the people behind one address do.
    private static final Map<String, String> MANY_REQUESTS = Map.of(
            "LUMBUNG_RATELIMIT_RULES_API_ALGORITHM", "sliding-counter",
            "LUMBUNG_RATELIMIT_RULES_API_PERMITS", "100000000",
            "LUMBUNG_RATELIMIT_RULES_AUTH_PERMITS", "10000",
            "LUMBUNG_RATELIMIT_RULES_USER_PERMITS", "10000");

    private final Process process;
    private final Path output;
    private final HttpClient http = HttpClient.newHttpClient();
    private volatile int port;

    private ServiceProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** {@code java -jar} with the jar this build packaged. */
    public static ServiceProcess packaged(Path folder, Map<String, String> environment, String... arguments) {
        return start(folder, environment, List.of("-jar", jar().toString()), arguments);
    }

    /** The class path of the tests, which has the embedded servers, as {@code spring-boot:run} has. */
    public static ServiceProcess onClassPath(Path folder, Map<String, String> environment, String... arguments) {
        return start(
                folder,
                environment,
                List.of("-cp", System.getProperty("java.class.path"), LumbungService.class.getName()),
                arguments);
    }

    /** The jar this build packaged. */
    public static Path jar() {
        try (Stream<Path> files = Files.list(Path.of("target").toAbsolutePath())) {
            return files.filter(
                            file -> file.getFileName().toString().matches("lumbung-service-[^-]+(-SNAPSHOT)?\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no packaged jar in target: run the package phase first"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static ServiceProcess start(
            Path folder, Map<String, String> environment, List<String> program, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
        command.addAll(program);
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile(folder, "service-", ".log");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.matches("(DATABASE|REDIS|SPRING|SERVER|LUMBUNG)_.*|PORT"));
            builder.environment().putAll(MANY_REQUESTS);
            builder.environment().putAll(environment);
            return new ServiceProcess(builder.start(), output);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Waits until the service says it is ready, and returns its port. */
    public int port() {
        if (port == 0) {
            Matcher ready = said(READY);
            port = Integer.parseInt(ready.group(1));
        }
        return port;
    }

    /** Waits until the output has what is looked for. */
    public Matcher said(Pattern pattern) {
        return await().atMost(START)
                .pollInterval(Duration.ofMillis(50))
                .until(
                        () -> {
                            Matcher matcher = pattern.matcher(output());
                            if (!process.isAlive() && !matcher.find()) {
                                throw new AssertionError("the service ended:\n" + output());
                            }
                            return matcher.reset();
                        },
                        Matcher::find);
    }

    /** Everything it wrote so far. */
    public String output() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, "", "");
    }

    public HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, body, "");
    }

    /**
     * Sends a request and waits for the answer.
     *
     * @param token of the session in the cookie; empty for no cookie
     */
    public HttpResponse<String> send(String method, String path, String body, String token)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
        return send(token.isEmpty() ? request : request.header("Cookie", "session=" + token));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(ANSWER).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI address(String path) {
        return URI.create("http://localhost:" + port() + path);
    }

    /** Ends it as an operator does, and returns its exit status. */
    public int terminate() throws InterruptedException {
        process.destroy();
        return exitStatus();
    }

    /** Ends it as nobody should: no hook runs. */
    public void kill() {
        process.destroyForcibly();
    }

    public int exitStatus() throws InterruptedException {
        if (!process.waitFor(START.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the service did not end:\n" + output());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
