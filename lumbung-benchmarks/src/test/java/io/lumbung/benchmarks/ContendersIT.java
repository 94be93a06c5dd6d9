package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether everybody in the benches does what is measured; how fast is not asked here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContendersIT {

    private final Texts texts = Texts.of(20, 512);
    private Servers servers;

    @BeforeAll
    void start() {
        servers = new Servers();
    }

    @AfterAll
    void stop() throws Exception {
        servers.close();
    }

    static List<Entrant<Contender>> everybody() {
        return Entrants.againstPostgres();
    }

    @ParameterizedTest
    @MethodSource("everybody")
    void answersWhatWasStoredAndNothingElse(Entrant<Contender> entrant) throws Exception {
        try (var contender = entrant.opener().open(servers, 4)) {
            for (int i = 0; i < texts.keys().size(); i++) {
                contender.warm(texts.keys().get(i), texts.values().get(i));
            }
            for (int i = 0; i < texts.keys().size(); i++) {
                assertThat(contender.read(texts.keys().get(i)))
                        .isEqualTo(texts.values().get(i));
            }
            assertThat(contender.read("00000000-0000-0000-0000-000000000000")).isNull();
        }
    }

    @ParameterizedTest
    @MethodSource("everybody")
    void answersFourCallersAtOnce(Entrant<Contender> entrant) throws Exception {
        var load = new Load(4, false);
        var executor = load.executor();
        try (var contender = entrant.opener().open(servers, 4)) {
            for (int i = 0; i < texts.keys().size(); i++) {
                contender.warm(texts.keys().get(i), texts.values().get(i));
            }
            var window = Window.of(new Hits(texts), contender, load, executor, Duration.ofMillis(20));
            assertThat(window.hits() + window.misses()).isGreaterThanOrEqualTo(4);
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void anAnswerForAnotherKeyIsAnErrorNotAResult() throws Exception {
        var load = new Load(1, false);
        var executor = load.executor();
        try (var contender = Entrants.hits().get(0).opener().open(servers, 1)) {
            contender.warm("mixed up", "one thing");
            var expected = new Texts(List.of("mixed up"), List.of("another"));
            assertThatThrownBy(() -> Window.of(new Hits(expected), contender, load, executor, Duration.ofMillis(20)))
                    .isInstanceOf(WrongAnswerException.class)
                    .hasMessageContaining("mixed up");
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void aReadThatFindsNothingIsNoHit() throws Exception {
        var load = new Load(1, false);
        var executor = load.executor();
        try (var contender = Entrants.hits().get(0).opener().open(servers, 1)) {
            var neverStored = new Texts(List.of("unknown"), List.of("anything"));
            var window = Window.of(new Hits(neverStored), contender, load, executor, Duration.ofMillis(20));
            assertThat(window.hits()).isZero();
            assertThat(window.misses()).isPositive();
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void aWholeRunPrintsOneTableAndKeepsEveryWindow(@TempDir Path folder) throws Exception {
        String printed =
                Rehearsal.run(folder, "hits rounds=2 seconds=0.02 warmup=0.02 keys=10 loads=1,2 contenders=jedis");

        assertThat(printed)
                .contains("x lettuce")
                .containsPattern("\\| 1 +\\| jedis ")
                .containsPattern("\\| 2 +\\| jedis ");
        var file = folder.resolve("hits-" + Runtime.version().feature() + ".csv");
        var lines = Files.readAllLines(file);
        assertThat(lines).anyMatch(line -> line.startsWith("# server: redis_version "));
        // Two loads, two rounds there and back, two contenders.
        assertThat(lines.stream().filter(line -> line.matches("\\d.*"))).hasSize(2 * 2 * 2 * 2);
    }
}
