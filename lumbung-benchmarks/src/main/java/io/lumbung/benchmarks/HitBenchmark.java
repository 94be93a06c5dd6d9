package io.lumbung.benchmarks;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One hit on one thread, as JMH wants it written; {@link Benchmarks} says who runs and where the server is. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HitBenchmark {

    /** The name of an entrant. */
    @Param("lettuce")
    public String contender = "lettuce";

    /** The server that every fork reads from. */
    @Param("redis://127.0.0.1:6379")
    public String redis = "redis://127.0.0.1:6379";

    /** How many keys there are. */
    @Param("1000")
    public int keys = 1_000;

    /** How long each value is. */
    @Param("512")
    public int bytes = 512;

    private Texts texts = new Texts(List.of(), List.of());
    private @Nullable Contender open;

    /** Connects the contender and stores what it will read. */
    @Setup(Level.Trial)
    public void connect() throws Exception {
        var entrant = Entrants.hits().stream()
                .filter(one -> one.name().equals(contender))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no such contender: " + contender));
        open = entrant.opener().open(Servers.at(URI.create(redis)), 1);
        texts = Texts.of(keys, bytes);
        new Hits(texts).prepare(open);
    }

    /** Reads one key. */
    @Benchmark
    public @Nullable String hit() throws Exception {
        return Objects.requireNonNull(open)
                .read(texts.keys().get(ThreadLocalRandom.current().nextInt(keys)));
    }

    /** Closes the contender. */
    @TearDown(Level.Trial)
    public void close() throws Exception {
        if (open != null) {
            open.close();
        }
    }
}
