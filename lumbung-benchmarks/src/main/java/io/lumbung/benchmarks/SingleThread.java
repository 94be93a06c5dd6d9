package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Time and allocation of one hit on one thread, each contender in a JVM of its own, by JMH. */
final class SingleThread {

    private SingleThread() {}

    static final String COLUMNS = "contender,iteration,us_per_hit,bytes_per_hit";

    /** Runs the entrants one after the other, keeps every iteration in {@code file}, and answers their table. */
    static String run(
            Options options, List<Entrant<Contender>> entrants, URI redis, ResultsFile file, PrintStream progress)
            throws RunnerException {
        var settings = new OptionsBuilder()
                .include(HitBenchmark.class.getName())
                .param("contender", entrants.stream().map(Entrant::name).toArray(String[]::new))
                .param("redis", redis.toString())
                .param("keys", Integer.toString(options.keys()))
                .param("bytes", Integer.toString(options.bytes()))
                .forks(1)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(options.warmUp().toMillis()))
                .measurementIterations(options.rounds())
                .measurementTime(TimeValue.milliseconds(options.window().toMillis()))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .build();
        var log = OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL);
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("contender", "us/hit", "min-max", "B/hit"));
        for (var result : new Runner(settings, log).run()) {
            String contender = result.getParams().getParam("contender");
            List<Double> times = new ArrayList<>();
            List<Double> allocations = new ArrayList<>();
            for (IterationResult iteration : result.getAggregatedResult().getIterationResults()) {
                times.add(iteration.getPrimaryResult().getScore());
                allocations.add(allocation(iteration));
                file.add(String.format(
                        ROOT,
                        "%s,%d,%.2f,%.0f",
                        contender,
                        times.size(),
                        times.get(times.size() - 1),
                        allocation(iteration)));
            }
            var time = Spread.of(times);
            rows.add(List.of(
                    contender,
                    String.format(ROOT, "%.2f", time.median()),
                    String.format(ROOT, "%.2f-%.2f", time.min(), time.max()),
                    String.format(ROOT, "%,.0f", Spread.of(allocations).median())));
        }
        return Table.layOut(1, rows);
    }

    private static double allocation(IterationResult iteration) {
        String label = iteration.getSecondaryResults().keySet().stream()
                .filter(name -> name.endsWith("gc.alloc.rate.norm"))
                .findFirst()
                .orElseThrow();
        return Objects.requireNonNull(iteration.getSecondaryResults().get(label))
                .getScore();
    }
}
