package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/**
 * How an entrant did under one load.
 *
 * @param ratio its speed against the baseline's in the same round
 * @param latency nanoseconds of every hit of every round
 */
record Standing(
        Entrant entrant,
        Load load,
        long misses,
        Spread hitsPerSecond,
        Spread ratio,
        Histogram latency,
        double bytesPerHit) {

    static List<Standing> of(List<Entrant> entrants, List<Race.Lap> laps) {
        var baseline = rounds(entrants.get(0), laps);
        List<Standing> standings = new ArrayList<>();
        for (Entrant entrant : entrants) {
            var rounds = rounds(entrant, laps);
            List<Double> speeds = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            rounds.forEach((round, window) -> {
                speeds.add(window.hitsPerSecond());
                ratios.add(window.hitsPerSecond()
                        / Objects.requireNonNull(baseline.get(round)).hitsPerSecond());
            });
            var all = rounds.values().stream().reduce(Window::plus).orElseThrow();
            standings.add(new Standing(
                    entrant,
                    laps.get(0).load(),
                    all.misses(),
                    Spread.of(speeds),
                    Spread.of(ratios),
                    all.latency(),
                    (double) all.allocated() / Math.max(all.hits(), 1)));
        }
        return standings;
    }

    private static TreeMap<Integer, Window> rounds(Entrant entrant, List<Race.Lap> laps) {
        var rounds = new TreeMap<Integer, Window>();
        for (Race.Lap lap : laps) {
            if (lap.entrant().equals(entrant)) {
                rounds.merge(lap.round(), lap.window(), Window::plus);
            }
        }
        return rounds;
    }
}
