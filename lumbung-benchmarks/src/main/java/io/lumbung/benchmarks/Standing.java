package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * How an entrant did under one load.
 *
 * @param speeds hits per second of each round
 * @param latency nanoseconds of every hit of every round
 */
record Standing(
        Entrant<?> entrant,
        Load load,
        long misses,
        SortedMap<Integer, Double> speeds,
        Histogram latency,
        double bytesPerHit) {

    static <C extends AutoCloseable> List<Standing> of(List<Entrant<C>> entrants, List<Race.Lap> laps) {
        List<Standing> standings = new ArrayList<>();
        for (Entrant<C> entrant : entrants) {
            var rounds = rounds(entrant, laps);
            SortedMap<Integer, Double> speeds = new TreeMap<>();
            rounds.forEach((round, window) -> speeds.put(round, window.hitsPerSecond()));
            var all = rounds.values().stream().reduce(Window::plus).orElseThrow();
            standings.add(new Standing(
                    entrant,
                    laps.get(0).load(),
                    all.misses(),
                    speeds,
                    all.latency(),
                    (double) all.allocated() / Math.max(all.hits(), 1)));
        }
        return standings;
    }

    Spread hitsPerSecond() {
        return Spread.of(speeds.values());
    }

    /** Its speed against another's in the same round. */
    Spread against(Standing other) {
        List<Double> ratios = new ArrayList<>();
        speeds.forEach((round, speed) -> ratios.add(speed / Objects.requireNonNull(other.speeds.get(round))));
        return Spread.of(ratios);
    }

    private static SortedMap<Integer, Window> rounds(Entrant<?> entrant, List<Race.Lap> laps) {
        var rounds = new TreeMap<Integer, Window>();
        for (Race.Lap lap : laps) {
            if (lap.entrant().equals(entrant)) {
                rounds.merge(lap.round(), lap.window(), Window::plus);
            }
        }
        return rounds;
    }
}
