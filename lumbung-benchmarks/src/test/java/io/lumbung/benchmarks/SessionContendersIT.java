package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether everybody in the session benches keeps sessions as is measured; how fast is not asked here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionContendersIT {

    private static final List<Visitor> FIVE = Visitor.of(5);

    private Servers servers;

    @BeforeAll
    void start() {
        servers = new Servers();
    }

    @AfterAll
    void stop() throws Exception {
        servers.close();
    }

    static Stream<Entrant<SessionContender>> everybody() {
        return Stream.concat(SessionEntrants.requests().stream(), SessionEntrants.enders().stream())
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("everybody")
    void doesWhatIsMeasured(Entrant<SessionContender> entrant) throws Exception {
        try (var contender = entrant.opener().open(servers, 1)) {
            SessionProof.demand(contender);
        }
    }

    static Stream<Entrant<SessionContender>> whoeverNotesEachUse() {
        return SessionEntrants.requests().stream()
                .filter(entrant ->
                        !List.of(SessionEntrants.CEILING, SessionEntrants.OURS).contains(entrant.name()));
    }

    @ParameterizedTest
    @MethodSource("whoeverNotesEachUse")
    void aSessionLivesOnWithEachRequest(Entrant<SessionContender> entrant) throws Exception {
        try (var fresh = new Servers();
                var client = RedisClient.create(RedisURI.create(fresh.redis()));
                var contender = entrant.opener().open(fresh, 1)) {
            var redis = client.connect().sync();
            String id = contender.create(FIVE.get(0));
            for (int request = 0; request < 3; request++) {
                redis.keys("*").forEach(key -> redis.expire(key, 100));
                contender.use(id);
                assertThat(lifeOfTheHash(redis))
                        .isGreaterThan(Duration.ofHours(23).toSeconds());
            }
        }
    }

    private static long lifeOfTheHash(RedisCommands<String, String> redis) {
        return redis.keys("*").stream()
                .filter(key -> redis.type(key).equals("hash"))
                .mapToLong(redis::ttl)
                .findFirst()
                .orElseThrow();
    }

    static Stream<Arguments> whatCanBeDoneWrong() {
        Function<Object[], Object> nothing = arguments -> null;
        Function<Object[], Object> somebodyElse = arguments -> FIVE.get(1).csrf();
        Function<Object[], Object> three = arguments -> 3;
        Function<Object[], Object> sameId = arguments -> arguments[0];
        return Stream.of(
                Arguments.of("use", somebodyElse, "a request finds its session"),
                Arguments.of("read", (Function<Object[], Object>) arguments -> Map.of(), "remembers what it was given"),
                Arguments.of("change", nothing, "a change is remembered"),
                Arguments.of("logout", nothing, "nothing is found after a logout"),
                Arguments.of("login", sameId, "leads nowhere"),
                Arguments.of("list", (Function<Object[], Object>) arguments -> 0, "are listed"),
                Arguments.of("destroyAll", three, "is found after that"));
    }

    @ParameterizedTest
    @MethodSource("whatCanBeDoneWrong")
    void whoDoesOneThingWrongIsNotMeasured(String method, Function<Object[], Object> wrong, String message)
            throws Exception {
        try (var real = open("lumbung")) {
            var contender = (SessionContender) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {SessionContender.class},
                    (proxy, called, arguments) -> {
                        if (called.getName().equals(method)) {
                            return wrong.apply(arguments);
                        }
                        try {
                            return called.invoke(real, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
            assertThatThrownBy(() -> SessionProof.demand(contender))
                    .isInstanceOf(WrongAnswerException.class)
                    .hasMessageContaining(message);
        }
    }

    @Test
    void noRaceHasMisses() throws Exception {
        for (var race : List.of(
                new SessionRace("", "", new Requests(FIVE), SessionEntrants.requests(), List.of()),
                new SessionRace("", "", new Logins(FIVE, servers), SessionEntrants.creators(), List.of()),
                new SessionRace("", "", new Lists(FIVE, 3), SessionEntrants.finders(), List.of()),
                new SessionRace("", "", new Departures(FIVE, 3, servers), SessionEntrants.enders(), List.of()))) {
            for (Entrant<SessionContender> entrant : race.entrants()) {
                // Twice, as under two loads.
                for (int load = 0; load < 2; load++) {
                    var window = window(race.course(), entrant);
                    String what = entrant.name() + ", " + race.course().turn() + ", load " + load;
                    assertThat(window.misses()).as(what).isZero();
                    assertThat(window.hits()).as(what).isGreaterThanOrEqualTo(4);
                }
            }
        }
    }

    @Test
    void aSessionThatIsGoneIsAMiss() throws Exception {
        var course = new Requests(FIVE);
        try (var contender = open("lumbung")) {
            course.prepare(contender);
            assertThat(course.run(contender, 2)).isTrue();
            contender.destroyAll(FIVE.get(2).user());
            assertThat(course.run(contender, 2)).isFalse();
        }
    }

    @Test
    void somebodyElsesSessionIsAnErrorNotAResult() throws Exception {
        try (var contender = open("lumbung")) {
            var mixedUp = new ArrayList<>(FIVE);
            var course = new Requests(mixedUp);
            course.prepare(contender);
            assertThat(course.run(contender, 2)).isTrue();
            Collections.swap(mixedUp, 2, 3);
            assertThatThrownBy(() -> course.run(contender, 2)).isInstanceOf(WrongAnswerException.class);
        }
    }

    @Test
    void whoIsToLeaveLeavesOnce() throws Exception {
        var turns = new AtomicIntegerArray(50);
        var course = new Course<SessionContender>() {
            @Override
            public String turn() {
                return "turn";
            }

            @Override
            public int keys() {
                return turns.length();
            }

            @Override
            public boolean onceEach() {
                return true;
            }

            @Override
            public void prepare(SessionContender contender) {}

            @Override
            public boolean run(SessionContender contender, int key) {
                turns.incrementAndGet(key);
                return true;
            }
        };
        var window = Rehearsal.window(course, SessionEntrants.requests().get(1), servers, Duration.ofMinutes(1));
        assertThat(window.hits()).isEqualTo(50);
        assertThat(window.elapsed()).isLessThan(Duration.ofSeconds(30));
        for (int key = 0; key < turns.length(); key++) {
            assertThat(turns.get(key)).as("turns on %s", key).isEqualTo(1);
        }
    }

    @Test
    void aRequestOfOursTakesOneRoundTripAndOneOfSpringsFour() throws Exception {
        assertThat(costs("lumbung", "request")).isEqualTo(List.of(1L, 1L, Map.of("hgetall", 1L)));
        assertThat(costs("spring-json", "request"))
                .isEqualTo(List.of(4L, 4L, Map.of("hgetall", 1L, "exists", 1L, "hmset", 1L, "pexpireat", 1L)));
    }

    private static List<Object> costs(String name, String operation) throws Exception {
        return SessionCosts.of(entrant(name)).stream()
                .filter(cost -> cost.operation().equals(operation))
                .findFirst()
                .map(cost -> List.<Object>of(
                        cost.roundTrips(), cost.calls(), cost.commands().byName()))
                .orElseThrow();
    }

    @Test
    void aFootprintCountsKeysAndBytes() throws Exception {
        var footprint = SessionFootprint.of(entrant("lumbung"), Visitor.of(300));
        assertThat(footprint.keys()).isEqualTo(2 * 300);
        assertThat(footprint.keyBytesPerSession()).isBetween(500.0, 3_000.0);
        assertThat(footprint.bytesPerSession()).isBetween(500.0, 4_000.0);
    }

    @Test
    void aWholeRunPrintsWhatWasAimedAt(@TempDir Path folder) throws Exception {
        String printed = Rehearsal.run(
                folder,
                "sessions rounds=2 seconds=0.02 warmup=0.02 keys=5 loads=1" + " contenders=lumbung,spring-json");

        assertThat(printed)
                .contains("requests/s", "x hgetall")
                .containsPattern("\\| 1 +\\| lumbung +\\| spring-json +\\|");
        var lines = Files.readAllLines(
                folder.resolve("sessions-" + Runtime.version().feature() + ".csv"));
        assertThat(lines).contains(ResultsFile.laps("request"));
        assertThat(lines.stream().filter(line -> line.matches("\\d.*"))).hasSize(2 * 2 * 3);
    }

    private SessionContender open(String name) throws Exception {
        return entrant(name).opener().open(servers, 1);
    }

    private static Entrant<SessionContender> entrant(String name) {
        return Rehearsal.named(name, SessionEntrants.requests());
    }

    private Window window(Course<SessionContender> course, Entrant<SessionContender> entrant) throws Exception {
        return Rehearsal.window(course, entrant, servers, Duration.ofMillis(20));
    }
}
