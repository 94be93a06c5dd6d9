package io.lumbung.service.browser;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium that looks at one page and tells everything that happened meanwhile. */
final class Browser {

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final Pattern CONSOLE = Pattern.compile("CONSOLE[^\\]]*\\] (.*)");
    private static final Pattern REQUESTED =
            Pattern.compile("\"initiator\":\"https?:[^\"]*\".*?\"url\":\"((?:https?|wss?):[^\"]*)\"");
    private static final long PATIENCE_SECONDS = 120;

    private final Path folder;

    Browser(Path folder) {
        this.folder = folder;
    }

    /**
     * What was seen.
     *
     * @param document the page after its scripts have run
     * @param console what was written to the console, errors included
     * @param requests every address the page asked for
     */
    record Visit(String document, List<String> console, List<String> requests) {}

    /** Where the browser is; {@code LUMBUNG_CHROMIUM} names it. */
    static Optional<Path> program() {
        return Stream.concat(
                        Optional.ofNullable(System.getenv("LUMBUNG_CHROMIUM")).map(Path::of).stream(),
                        Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                .flatMap(place -> NAMES.stream().map(name -> Path.of(place, name))))
                .filter(Files::isExecutable)
                .findFirst();
    }

    Visit visit(String address) throws IOException, InterruptedException {
        Path program = program()
                .orElseThrow(
                        () -> new AssertionError("no Chromium: install the package chromium, or set LUMBUNG_CHROMIUM"));
        Path network = folder.resolve("network.json");
        Path document = folder.resolve("document.html");
        Path errors = folder.resolve("errors.log");
        Process browser = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        // The browser has errands of its own; they find nobody.
                        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
                        "--enable-logging=stderr",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--log-net-log=" + network,
                        "--virtual-time-budget=10000",
                        "--dump-dom",
                        address)
                .redirectOutput(document.toFile())
                .redirectError(errors.toFile())
                .start();
        try {
            if (!browser.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the browser did not end: " + Files.readString(errors));
            }
        } finally {
            browser.destroyForcibly();
        }
        return new Visit(
                Files.readString(document),
                found(CONSOLE, Files.readString(errors)),
                found(REQUESTED, Files.readString(network)));
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .distinct()
                .toList();
    }
}
