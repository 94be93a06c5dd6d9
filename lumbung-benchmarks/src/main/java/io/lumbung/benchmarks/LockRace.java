package io.lumbung.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/**
 * A race of locks.
 *
 * @param what which locks are taken, in one line
 * @param aims what we would like its outcome to be
 * @param <C> who takes part
 */
record LockRace<C extends AutoCloseable>(String what, Course<C> course, List<Entrant<C>> entrants, List<Aim> aims) {

    private static final double TIMES_BARE = 0.85;
    private static final double TIMES_REDISSON = 2.2;
    private static final double OF_REDISSONS_P99 = 0.5;

    /** Locks that are free, taken and given back. */
    static LockRace<LockContender> pairs(int names) {
        return new LockRace<>(
                "locks that are free, taken and given back; " + names + " names of each caller",
                new Pairs(names),
                LockEntrants.takers(),
                others(LockEntrants.takers())
                        .map(name -> switch (name) {
                            case LockEntrants.REFERENCE -> new Aim(LockEntrants.OURS, name, TIMES_BARE, 64);
                            case LockEntrants.REDISSON -> new Aim(LockEntrants.OURS, name, TIMES_REDISSON, 64);
                            default -> new Aim(LockEntrants.OURS, name, 0, 0);
                        })
                        .toList());
    }

    /** One lock that everybody wants. */
    static LockRace<LockInstances> handOvers(HandOvers course) {
        return new LockRace<>(
                "one lock that all callers want, who come to any of " + course.keys()
                        + " instances; one holds it for 1 ms, all others wait",
                course,
                LockEntrants.instances(course.keys()),
                others(LockEntrants.waiters())
                        .map(name -> new Aim(
                                LockEntrants.OURS,
                                name,
                                Measure.P99,
                                name.equals(LockEntrants.REDISSON) ? OF_REDISSONS_P99 : 0,
                                Load.HUNDRED_WAIT.callers()))
                        .toList());
    }

    private static <C extends AutoCloseable> Stream<String> others(List<Entrant<C>> entrants) {
        return entrants.stream().map(Entrant::name).filter(name -> !name.equals(LockEntrants.OURS));
    }
}
