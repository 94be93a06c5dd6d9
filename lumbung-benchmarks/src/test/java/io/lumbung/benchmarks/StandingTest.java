package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class StandingTest {

    private final Entrant<Contender> baseline = entrant("baseline");
    private final Entrant<Contender> other = entrant("other");

    @Test
    void ratiosAreTakenWithinARoundSoASlowRoundDoesNotCount() {
        var laps = new ArrayList<Race.Lap>();
        addRound(laps, 1, 100, 200);
        addRound(laps, 2, 10, 20); // the whole machine was slow
        addRound(laps, 3, 100, 300);

        var standings = Standing.of(List.of(baseline, other), laps);

        assertThat(standings.get(0).against(standings.get(0))).isEqualTo(new Spread(1, 1, 1));
        assertThat(standings.get(1).against(standings.get(0)).median()).isCloseTo(2, within(1e-9));
        assertThat(standings.get(1).against(standings.get(0)).max()).isCloseTo(3, within(1e-9));
        assertThat(standings.get(1).hitsPerSecond().median()).isCloseTo(200, within(1e-9));
        assertThat(standings.get(1).bytesPerHit()).isCloseTo(7, within(1e-9));
    }

    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheMiddleTwo() {
        assertThat(Spread.of(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(new Spread(3, 1, 9));
        assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(List.of()));
    }

    @Test
    void everyTextHasTheLengthAskedForAndNamesItsKey() {
        var texts = Texts.of(3, 512);

        assertThat(texts.values())
                .allSatisfy(value -> assertThat(value).hasSize(512).endsWith("\"}"));
        assertThat(texts.values().get(2)).contains(texts.keys().get(2));
        assertThatIllegalArgumentException().isThrownBy(() -> Texts.of(1, 20));
    }

    private void addRound(List<Race.Lap> laps, int round, int baselineHits, int otherHits) {
        for (int pass = 0; pass < 2; pass++) {
            laps.add(new Race.Lap(new Load(1, false), round, baseline, window(baselineHits)));
            laps.add(new Race.Lap(new Load(1, false), round, other, window(otherHits)));
        }
    }

    private static Window window(int hits) {
        var latency = new Histogram(2);
        latency.recordValueWithCount(1_000, hits);
        return new Window(hits, 0, Duration.ofSeconds(1), latency, 7L * hits);
    }

    private static Entrant<Contender> entrant(String name) {
        return new Entrant<>(name, "", (servers, callers) -> {
            throw new AssertionError("not opened here");
        });
    }
}
