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
 * @param tails nanoseconds that 99 of 100 hits of each round took at most
 * @param latency nanoseconds of every hit of every round
 */
record Standing(
        Entrant<?> entrant,
        Load load,
        long misses,
        SortedMap<Integer, Double> speeds,
        SortedMap<Integer, Double> tails,
        Histogram latency,
        double bytesPerHit) {

    static <C extends AutoCloseable> List<Standing> of(List<Entrant<C>> entrants, List<Race.Lap> laps) {
        List<Standing> standings = new ArrayList<>();
        for (Entrant<C> entrant : entrants) {
            var rounds = rounds(entrant, laps);
            SortedMap<Integer, Double> speeds = new TreeMap<>();
            rounds.forEach((round, window) -> speeds.put(round, window.hitsPerSecond()));
            SortedMap<Integer, Double> tails = new TreeMap<>();
            rounds.forEach((round, window) ->
                    tails.put(round, (double) window.latency().getValueAtPercentile(99)));
            var all = rounds.values().stream().reduce(Window::plus).orElseThrow();
            standings.add(new Standing(
                    entrant,
                    laps.get(0).load(),
                    all.misses(),
                    speeds,
                    tails,
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
        return against(other, Measure.SPEED);
    }

    /** What it reached against what another did in the same round. */
    Spread against(Standing other, Measure measure) {
        var others = other.by(measure);
        List<Double> ratios = new ArrayList<>();
        by(measure).forEach((round, value) -> ratios.add(value / Objects.requireNonNull(others.get(round))));
        return Spread.of(ratios);
    }

    private SortedMap<Integer, Double> by(Measure measure) {
        return switch (measure) {
            case SPEED -> speeds;
            case P99 -> tails;
        };
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
