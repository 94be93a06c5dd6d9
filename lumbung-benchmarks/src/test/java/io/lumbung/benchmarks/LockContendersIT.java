package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether everybody in the benches of locks excludes others from what is measured; how fast is not asked here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LockContendersIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Servers servers;

    @BeforeAll
    void start() {
        servers = new Servers();
    }

    @AfterAll
    void stop() throws Exception {
        servers.close();
    }

    static Stream<Entrant<LockContender>> everybody() {
        return LockEntrants.takers().stream();
    }

    static Stream<Entrant<LockContender>> whoeverWaits() {
        return LockEntrants.waiters().stream();
    }

    @ParameterizedTest
    @MethodSource("everybody")
    void excludesThreadsOfItsOwnAndOfOtherInstances(Entrant<LockContender> entrant) throws Exception {
        try (var one = entrant.opener().open(servers, 1);
                var other = entrant.opener().open(servers, 1)) {
            LockProof.demand(one, one);
            LockProof.demand(one, other);
        }
    }

    @ParameterizedTest
    @MethodSource("everybody")
    void isHeldForNoLongerThanTheOthersHold(Entrant<LockContender> entrant) throws Exception {
        try (var fresh = new Servers();
                var client = RedisClient.create(RedisURI.create(fresh.redis()));
                var contender = entrant.opener().open(fresh, 1)) {
            var redis = client.connect().sync();
            Held held = contender.tryAcquire("leased").orElseThrow();
            assertThat(redis.keys("*leased"))
                    .singleElement()
                    .satisfies(key -> assertThat(redis.pttl(key))
                            .isBetween(LockContender.TTL.toMillis() / 2, LockContender.TTL.toMillis()));
            held.release();
            assertThat(redis.keys("*leased")).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("whoeverWaits")
    void onlyOneOfManyHasItAndAllGetIt(Entrant<LockContender> entrant) throws Exception {
        try (var one = entrant.opener().open(servers, 8);
                var other = entrant.opener().open(servers, 8)) {
            var inside = new AtomicInteger();
            var most = new AtomicInteger();
            var entered = new AtomicInteger();
            Crowd.run(40, i -> {
                var held =
                        (i % 2 == 0 ? one : other).acquire("wanted", PATIENCE).orElseThrow();
                most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                entered.incrementAndGet();
                Thread.yield();
                inside.decrementAndGet();
                held.release();
            });
            assertThat(most).hasValue(1);
            assertThat(entered).hasValue(40);
        }
    }

    @ParameterizedTest
    @MethodSource("whoeverWaits")
    void givesUpWhenItHasWaitedLongEnough(Entrant<LockContender> entrant) throws Exception {
        try (var one = entrant.opener().open(servers, 1);
                var other = entrant.opener().open(servers, 1)) {
            Held held = one.tryAcquire("kept").orElseThrow();
            assertThat(other.acquire("kept", Duration.ofMillis(150))).isEmpty();
            held.release();
            other.acquire("kept", PATIENCE).orElseThrow().release();
        }
    }

    @Test
    void whoDoesNotWaitSaysSo() throws Exception {
        var waiters = LockEntrants.waiters().stream().map(Entrant::name).toList();
        for (Entrant<LockContender> entrant : LockEntrants.takers()) {
            try (var contender = entrant.opener().open(servers, 1)) {
                if (!contender.waits()) {
                    assertThat(waiters).doesNotContain(entrant.name());
                    assertThatThrownBy(() -> contender.acquire("waited-for", PATIENCE))
                            .isInstanceOf(UnsupportedOperationException.class);
                }
            }
        }
    }

    @Test
    void theBareCommandsAndLumbungExcludeEachOther() throws Exception {
        try (var bare = new BareLockContender(servers.redis(), true);
                var lumbung = new LumbungLockContender(servers.redis())) {
            LockProof.demand(bare, lumbung);
            LockProof.demand(lumbung, bare);
        }
    }

    /** ShedLock does not tell, nor does RFairLock. */
    static Stream<Entrant<LockContender>> whoeverTells() {
        return everybody()
                .filter(entrant ->
                        !List.of("shedlock", LockEntrants.REDISSON_FAIR).contains(entrant.name()));
    }

    @ParameterizedTest
    @MethodSource("whoeverTells")
    void whatWasLostMeanwhileIsNotGivenBackInSilence(Entrant<LockContender> entrant) throws Exception {
        try (var fresh = new Servers();
                var contender = entrant.opener().open(fresh, 1)) {
            Held held = contender.tryAcquire("lost").orElseThrow();
            fresh.empty();
            assertThatThrownBy(held::release).isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void whoExcludesNobodyIsNotMeasured() {
        var careless = new LockContender() {
            @Override
            public Optional<Held> tryAcquire(String name) {
                return Optional.of(() -> {});
            }

            @Override
            public Optional<Held> acquire(String name, Duration atMost) {
                return tryAcquire(name);
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> LockProof.demand(careless, careless))
                .isInstanceOf(WrongAnswerException.class)
                .hasMessageContaining("not taken by another thread");
        assertThatThrownBy(() -> window(new HandOvers(1, servers), new LockInstances(List.of(careless))))
                .isInstanceOf(WrongAnswerException.class)
                .hasMessageContaining("two");
    }

    @Test
    void noRaceOfPairsHasMissesOrLeavesALock() throws Exception {
        var course = new Pairs(5);
        for (Entrant<LockContender> entrant : LockEntrants.takers()) {
            try (var fresh = new Servers();
                    var client = RedisClient.create(RedisURI.create(fresh.redis()));
                    var contender = entrant.opener().open(fresh, 4)) {
                course.prepare(contender);
                var window = window(course, contender);
                assertThat(window.misses()).as(entrant.name()).isZero();
                assertThat(window.hits()).as(entrant.name()).isGreaterThanOrEqualTo(4);
                // What is left counts fences, but is no lock.
                assertThat(client.connect().sync().keys("*pair:?:?"))
                        .as(entrant.name())
                        .allMatch(key -> key.contains("fence") || key.contains("token"));
            }
        }
    }

    @Test
    void everyHandOverIsMeasured() throws Exception {
        for (Entrant<LockInstances> entrant : LockEntrants.instances(2)) {
            try (var contender = entrant.opener().open(servers, 4)) {
                var course = new HandOvers(2, servers);
                course.prepare(contender);
                var window = window(course, contender);
                assertThat(window.misses()).as(entrant.name()).isZero();
                // Each of four comes, and all but the first and whoever came alone are handed it.
                assertThat(window.hits()).as(entrant.name()).isPositive();
                assertThat(window.latency().getTotalCount()).isEqualTo(window.hits());
                var tally = course.last();
                assertThat(tally.handOvers()).isEqualTo(window.hits());
                assertThat(tally.commands().total()).as(entrant.name()).isPositive();
            }
        }
    }

    @Test
    void aPairOfBareScriptsTakesTwoRoundTrips() throws Exception {
        var pair = costs("bare-scripts", "pair");
        assertThat(pair.roundTrips()).isEqualTo(2);
        assertThat(pair.calls()).isEqualTo(2);
        assertThat(pair.commands()).hasToString("1xdel 2xevalsha 1xget 1xset");
    }

    @Test
    void aPairOfLumbungsTakesTwoRoundTrips() throws Exception {
        var pair = costs("lumbung", "pair");
        assertThat(pair.roundTrips()).isEqualTo(2);
        assertThat(pair.calls()).isEqualTo(2);
    }

    @Test
    void whatNobodyWaitsForIsCountedToo() throws Exception {
        var pair = costs(LockEntrants.REDISSON, "pair");
        assertThat(pair.roundTrips()).isEqualTo(2);
        assertThat(pair.calls()).isEqualTo(3);
    }

    private static Costs costs(String name, String operation) throws Exception {
        return LockCosts.of(named(name)).stream()
                .filter(cost -> cost.operation().equals(operation))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aFootprintIsOfWhatIsHeldAndOfWhatIsLeft() throws Exception {
        var bare = LockFootprint.of(named("bare-scripts"), 50);
        assertThat(bare.held().count()).isEqualTo(50);
        assertThat(bare.held().bytesOf(50)).isBetween(80.0, 300.0);
        assertThat(bare.left()).isEqualTo(new LockFootprint.Keys(0, 0));

        var fenced = LockFootprint.of(named("redisson-fenced"), 50);
        assertThat(fenced.left().count()).isEqualTo(50);
    }

    @Test
    void aWholeRunOfHandOversPrintsWhatWasAimedAtAndWhatItTook(@TempDir Path folder) throws Exception {
        String printed = Rehearsal.run(
                folder, "locks-handover rounds=1 seconds=0.05 warmup=0.02 loads=3 contenders=redisson-fair,lumbung");

        assertThat(printed)
                .contains("hand-overs/s", "x redisson", "messages each", "3 lumbung: ")
                .containsPattern("\\| 3 +\\| lumbung +\\| redisson +\\|.*p99");
        var lines = Files.readAllLines(
                folder.resolve("locks-handover-" + Runtime.version().feature() + ".csv"));
        assertThat(lines).contains(ResultsFile.laps("hand-over") + "," + HandOvers.Tally.COLUMNS);
        assertThat(lines.stream().filter(line -> line.matches("3,\\d.*xevalsha.*")))
                .hasSize(2 * 3);
    }

    @Test
    void aWholeRunOfCostsCountsCommandsAndBytes(@TempDir Path folder) throws Exception {
        String printed = Rehearsal.run(folder, "locks-cost keys=5 contenders=shedlock");

        assertThat(printed).contains("round trips", "B held", "shedlock");
        assertThat(Files.list(folder)).hasSize(2);
    }

    private static Entrant<LockContender> named(String name) {
        return Rehearsal.named(name, LockEntrants.takers());
    }

    private static <C extends AutoCloseable> Window window(Course<C> course, C contender) throws Exception {
        return Rehearsal.window(course, contender, Duration.ofMillis(50));
    }
}
