package io.lumbung.benchmarks;

import java.util.List;

/**
 * What we would like to reach.
 *
 * @param contender who
 * @param against whom
 * @param measure by what
 * @param times how many times the other's at least, or at most if less is better; 0 if it is only of interest
 * @param callers under which load, 0 for all
 */
record Aim(String contender, String against, Measure measure, double times, int callers) {

    /** By speed. */
    Aim(String contender, String against, double times, int callers) {
        this(contender, against, Measure.SPEED, times, callers);
    }

    /** Whether it is aimed at under this load. */
    boolean holdsFor(Load load) {
        return times > 0 && (callers == 0 || callers == load.callers());
    }

    /** All of {@code contenders} against one. */
    static List<Aim> each(List<String> contenders, String against, double times, int callers) {
        return contenders.stream()
                .map(contender -> new Aim(contender, against, times, callers))
                .toList();
    }
}
