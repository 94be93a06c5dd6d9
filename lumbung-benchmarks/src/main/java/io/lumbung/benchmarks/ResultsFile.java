package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The raw results: a heading in comment lines that says on what they were measured, then one line per window (or iteration), written
 * as they come, so that a run cut short keeps what it has.
 */
final class ResultsFile implements AutoCloseable {

    private final PrintWriter out;

    ResultsFile(Path path, List<String> heading, String columns) throws IOException {
        Files.createDirectories(path.toAbsolutePath().getParent());
        out = new PrintWriter(Files.newBufferedWriter(path, StandardCharsets.UTF_8), true);
        heading.forEach(line -> out.println("# " + line));
        out.println(columns);
    }

    /** The columns of {@link #add(Race.Lap, String)}, for turns of this name. */
    static String laps(String turn) {
        return "callers,round,contender,%1$ss,misses,seconds,%1$ss_per_second,p50_us,p99_us,max_us,bytes_per_%1$s"
                .formatted(turn);
    }

    void add(String line) {
        out.println(line);
    }

    /** @param notes what is in further columns, each after a comma; or empty */
    void add(Race.Lap lap, String notes) {
        var window = lap.window();
        add(String.format(
                        ROOT,
                        "%s,%d,%s,%d,%d,%.4f,%.0f,%.1f,%.1f,%.1f,%.0f",
                        lap.load(),
                        lap.round(),
                        lap.entrant().name(),
                        window.hits(),
                        window.misses(),
                        window.elapsed().toNanos() / 1e9,
                        window.hitsPerSecond(),
                        window.latency().getValueAtPercentile(50) / 1e3,
                        window.latency().getValueAtPercentile(99) / 1e3,
                        window.latency().getMaxValue() / 1e3,
                        (double) window.allocated() / Math.max(window.hits(), 1))
                + notes);
    }

    @Override
    public void close() {
        out.close();
    }
}
