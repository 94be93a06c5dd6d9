package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LockRaceTest {

    private static final LockRace<LockContender> PAIRS = LockRace.pairs(3);
    private static final LockRace<LockInstances> HAND_OVERS = LockRace.handOvers(new HandOvers(2, new Servers()));

    @Test
    void whoIsAimedForTakesPart() {
        Stream.of(PAIRS, HAND_OVERS)
                .forEach(race -> assertThat(race.entrants().stream().map(Entrant::name))
                        .doesNotHaveDuplicates()
                        .containsAll(race.aims().stream()
                                .flatMap(aim -> Stream.of(aim.contender(), aim.against()))
                                .toList()));
    }

    @Test
    void aPairIsAimedAtWithSixtyFourCallersAndAHandOverWithAHundredWhoWait() {
        assertThat(aimed(PAIRS.aims(), new Load(64, false))).containsExactly("0.85 bare-scripts", "2.2 redisson");
        assertThat(aimed(PAIRS.aims(), new Load(1, false))).isEmpty();
        assertThat(aimed(HAND_OVERS.aims(), new Load(101, false))).containsExactly("0.5 redisson");
        assertThat(aimed(HAND_OVERS.aims(), new Load(11, false))).isEmpty();
    }

    private static List<String> aimed(List<Aim> aims, Load load) {
        return aims.stream()
                .filter(aim -> aim.holdsFor(load))
                .map(aim -> aim.times() + " " + aim.against())
                .toList();
    }

    @Test
    void oneHoldsWhatTheOthersWaitFor() {
        assertThat(Options.parse("locks-handover").loads())
                .extracting(Load::callers)
                .containsExactly(3, 11, 101);
        assertThat(Options.parse("locks-handover instances=5").instances()).isEqualTo(5);
        assertThat(Options.parse("locks").loads()).contains(new Load(1, false), new Load(64, false));
    }

    @Test
    void aTailIsComparedByTheSlowestOfEachRoundAndTheLessTheBetter() {
        var entrants = LockEntrants.instances(2);
        var redisson = entrants.get(0);
        var lumbung = entrants.get(entrants.size() - 1);
        var load = new Load(101, false);
        var standings = Standing.of(
                List.of(redisson, lumbung), List.of(lap(load, redisson, 8_000_000), lap(load, lumbung, 2_000_000)));

        String table = Table.ofAims(standings, HAND_OVERS.aims());

        assertThat(table.lines().filter(line -> line.contains("lumbung")))
                .singleElement()
                .asString()
                .contains("0.25", "p99 <= 0.5");
    }

    private static Race.Lap lap(Load load, Entrant<LockInstances> entrant, long nanos) {
        var latency = new Histogram(3);
        latency.recordValueWithCount(1_000, 98);
        latency.recordValueWithCount(nanos, 2);
        return new Race.Lap(load, 1, entrant, new Window(100, 0, Duration.ofSeconds(1), latency, 0));
    }

    @Test
    void handOversOfSeveralWindowsAreAddedUp() {
        var one = new HandOvers.Tally(
                10, 1, Duration.ofMillis(5), new ExecutedCommands(new TreeMap<>(Map.of("get", 20L))));
        var both = one.plus(new HandOvers.Tally(
                30, 0, Duration.ofMillis(3), new ExecutedCommands(new TreeMap<>(Map.of("get", 20L, "publish", 40L)))));

        assertThat(HandOvers.table(Map.of(List.of("3", "somebody"), both)))
                .contains("1.00xget 1.00xpublish", "2.50", "5.0", "2.00");
    }
}
