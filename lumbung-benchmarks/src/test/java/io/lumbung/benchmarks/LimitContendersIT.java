package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether everybody in the limiter benches limits what is measured; how fast is not asked here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LimitContendersIT {

    private static final Quota TEN = new Quota(10, Duration.ofHours(1), 1);
    private static final Quota THREE_TIMES_TEN = new Quota(10, Duration.ofHours(1), 3);

    private final AtomicInteger subjects = new AtomicInteger();
    private Servers servers;

    @BeforeAll
    void start() {
        servers = new Servers();
    }

    @AfterAll
    void stop() throws Exception {
        servers.close();
    }

    static Stream<Entrant<LimitContender>> everybody() {
        return Stream.of(TEN, THREE_TIMES_TEN).flatMap(quota -> LimitEntrants.all(quota).stream());
    }

    @ParameterizedTest
    @MethodSource("everybody")
    void admitsTenOfTwenty(Entrant<LimitContender> entrant) throws Exception {
        String subject = nobodyYet();
        try (var contender = entrant.opener().open(servers, 1)) {
            contender.prepare(subject);
            assertThat(admitted(contender, subject, 20)).isEqualTo(10);
        }
    }

    static Stream<Entrant<LimitContender>> whoeverTakesAllOrNothing() {
        return everybody().filter(entrant -> !entrant.settings().contains("not all or nothing"));
    }

    @ParameterizedTest
    @MethodSource("whoeverTakesAllOrNothing")
    void admitsTenOfTwentyThatComeAtOnce(Entrant<LimitContender> entrant) throws Exception {
        String subject = nobodyYet();
        var load = new Load(20, false);
        var executor = load.executor();
        try (var contender = entrant.opener().open(servers, load.callers())) {
            contender.prepare(subject);
            var admitted = new AtomicInteger();
            List<Callable<Void>> requests = IntStream.range(0, 20)
                    .<Callable<Void>>mapToObj(i -> () -> {
                        admitted.addAndGet(contender.admits(subject) ? 1 : 0);
                        return null;
                    })
                    .toList();
            for (var request : executor.invokeAll(requests)) {
                request.get();
            }
            assertThat(admitted).hasValue(10);
        } finally {
            executor.shutdown();
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void theBareScriptCountsWithLumbung(Algorithm algorithm) throws Exception {
        for (Quota quota : List.of(TEN, THREE_TIMES_TEN)) {
            String limiter = "shared" + quota.limits();
            try (var script = new ScriptContender(servers.redis(), limiter, algorithm, quota);
                    var lumbung = new LumbungLimitContender(servers.redis(), limiter, algorithm, quota)) {
                String subject = nobodyYet();
                assertThat(admitted(lumbung, subject, 4)).isEqualTo(4);
                assertThat(admitted(script, subject, 20)).isEqualTo(6);
                assertThat(admitted(lumbung, subject, 1)).isZero();
            }
        }
    }

    @Test
    void lumbungStopsAskingAboutWhoIsRefused() throws Exception {
        var entrant = LimitEntrants.lumbung("denied", Algorithm.LOG, new Quota(1, Duration.ofDays(1), 1));
        try (var contender = entrant.opener().open(servers, 1);
                var watch = new SharedConnection(servers.redis())) {
            contender.admits("mallory");
            await().until(() -> {
                long before = scriptCalls(watch);
                assertThat(admitted(contender, "mallory", 1_000)).isZero();
                return scriptCalls(watch) - before < 10;
            });
        }
    }

    static Stream<LimitRace> races() {
        return Stream.of(LimitRace.many(5), LimitRace.hot(), LimitRace.three(5), LimitRace.refused(5));
    }

    @ParameterizedTest
    @MethodSource("races")
    void noRaceHasMisses(LimitRace race) throws Exception {
        try (var fresh = new Servers()) {
            for (Entrant<LimitContender> entrant : race.entrants()) {
                var window = window(race.course(), entrant, fresh);
                assertThat(window.hits()).as(entrant.name()).isGreaterThanOrEqualTo(4);
                assertThat(window.misses()).as(entrant.name()).isZero();
            }
        }
    }

    @Test
    void whoAdmitsEverythingMissesWhenAllAreRefused() throws Exception {
        var careless = new Entrant<LimitContender>("careless", "", (servers, callers) -> new LimitContender() {
            @Override
            public boolean admits(String subject) {
                return true;
            }

            @Override
            public void close() {}
        });
        var window = window(LimitRace.refused(5).course(), careless, servers);
        assertThat(window.hits()).isZero();
        assertThat(window.misses()).isPositive();
    }

    @Test
    void whatLumbungAnswersWithoutRedisIsNoDecision() throws Exception {
        try (var server = RedisServer.builder().inMemoryOnly().start();
                var contender = new LumbungLimitContender(URI.create(server.url()), "deserted", Algorithm.GCRA, TEN)) {
            var course = new Admissions(Addresses.of(1), TEN, true);
            assertThat(course.run(contender, 0)).isTrue();
            server.kill();
            assertThatThrownBy(() -> contender.admits(course.subjects().get(0))).isInstanceOf(UndecidedException.class);
            assertThat(course.run(contender, 0)).isFalse();
        }
    }

    @Test
    void aFootprintCountsKeysAndBytes() throws Exception {
        var question = new Footprint.Question(LimitEntrants.redisson("api", Footprint.QUOTA), 2, 0);
        var footprint = Footprint.of(question, Addresses.of(500));
        // What was set, what is left, and when it was taken.
        assertThat(footprint.keys()).isEqualTo(3 * 500);
        assertThat(footprint.bytesPerSubject()).isBetween(100.0, 2_000.0);
    }

    @Test
    void aFootprintOfWhoIsRefusedIsAnError() {
        var question = new Footprint.Question(
                LimitEntrants.bucket4j("api", Footprint.QUOTA), (int) Footprint.QUOTA.permits() + 1, 0);
        assertThatThrownBy(() -> Footprint.of(question, Addresses.of(1)))
                .isInstanceOf(WrongAnswerException.class)
                .hasMessageContaining("request 101");
    }

    @Test
    void aWholeRunPrintsWhatWasAimedAt(@TempDir Path folder) throws Exception {
        String printed = Rehearsal.run(
                folder,
                "limits-refused rounds=2 seconds=0.02 warmup=0.02 keys=5 loads=1 contenders=lumbung-log,redisson");

        assertThat(printed)
                .contains("decisions/s", "x ping")
                .containsPattern("\\| 1 +\\| lumbung-log \\| ping +\\| .*>= 50");
        var lines = Files.readAllLines(
                folder.resolve("limits-refused-" + Runtime.version().feature() + ".csv"));
        assertThat(lines).contains(ResultsFile.laps("decision"));
        assertThat(lines.stream().filter(line -> line.matches("\\d.*"))).hasSize(2 * 2 * 3);
    }

    private String nobodyYet() {
        return "192.0.2." + subjects.incrementAndGet();
    }

    private static Window window(Admissions course, Entrant<LimitContender> entrant, Servers servers) throws Exception {
        return Rehearsal.window(course, entrant, servers, Duration.ofMillis(20));
    }

    private static int admitted(LimitContender contender, String subject, int requests) throws Exception {
        int admitted = 0;
        for (int i = 0; i < requests; i++) {
            admitted += contender.admits(subject) ? 1 : 0;
        }
        return admitted;
    }

    private static long scriptCalls(SharedConnection connection) throws Exception {
        return SharedConnection.await(connection.commands().info("commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:calls="))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*calls=(\\d+),.*", "$1")))
                .sum();
    }
}
