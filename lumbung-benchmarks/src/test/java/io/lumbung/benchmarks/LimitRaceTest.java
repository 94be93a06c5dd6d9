package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LimitRaceTest {

    @Test
    void whoIsAimedForTakesPart() {
        for (LimitRace race : List.of(LimitRace.many(3), LimitRace.hot(), LimitRace.refused(3))) {
            assertThat(race.entrants())
                    .extracting(Entrant::name)
                    .containsAll(race.aims().stream()
                            .filter(aim -> aim.times() > 0)
                            .flatMap(aim -> Stream.of(aim.contender(), aim.against()))
                            .toList())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void noTwoSubjectsAreTheSame() {
        assertThat(Addresses.of(100_000)).doesNotHaveDuplicates();
        assertThat(Addresses.of(1_000)).allMatch(address -> address.matches("(\\d{1,3}\\.){3}\\d{1,3}"));
    }

    @Test
    void eachFurtherWindowIsTwiceAsLong() {
        assertThat(new Quota(1, Duration.ofSeconds(1), 3).windows())
                .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));
        assertThatIllegalArgumentException().isThrownBy(() -> new Quota(0, Duration.ofSeconds(1), 1));
    }

    @Test
    void anAimIsPrintedUnderEveryLoadAndMarkedWhereItHolds() {
        var quota = new Quota(1, Duration.ofDays(1), 1);
        var fast = LimitEntrants.bucket4j("fast", quota);
        var slow = LimitEntrants.redisson("slow", quota);
        var standings = Stream.of(new Load(1, false), new Load(64, false))
                .flatMap(load ->
                        Standing.of(List.of(slow, fast), List.of(lap(load, slow, 100), lap(load, fast, 150))).stream())
                .toList();

        String table = Table.ofAims(
                standings, List.of(new Aim("bucket4j", "redisson", 1.6, 64), new Aim("bucket4j", "nobody", 2, 0)));

        assertThat(table.lines().filter(line -> line.contains("bucket4j")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("| 1 ", "1.50").doesNotContain(">="),
                        line -> assertThat(line).contains("| 64 ", "1.50", ">= 1.6"));
    }

    private static Race.Lap lap(Load load, Entrant<LimitContender> entrant, int hits) {
        var latency = new Histogram(2);
        latency.recordValueWithCount(1_000, hits);
        return new Race.Lap(load, 1, entrant, new Window(hits, 0, Duration.ofSeconds(1), latency, 0));
    }
}
