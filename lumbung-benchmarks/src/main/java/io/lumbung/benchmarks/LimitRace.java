package io.lumbung.benchmarks;

import static io.lumbung.benchmarks.LimitEntrants.nameOf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A race of rate limiters.
 *
 * @param aims what we would like its outcome to be
 */
record LimitRace(Admissions course, List<Entrant<LimitContender>> entrants, List<Aim> aims) {

    private static final List<String> LUMBUNG = Stream.of(Algorithm.values())
            .map(algorithm -> nameOf("lumbung", algorithm))
            .toList();

    /** Everybody admitted, one limit, many subjects: the log of each holds what came within a second. */
    static LimitRace many(int subjects) {
        return admitted(Addresses.of(subjects), new Quota(10_000, Duration.ofSeconds(1), 1), 1.6, 1.8);
    }

    /** The same with one subject for all; a window so short that no log fills up at any speed this can have. */
    static LimitRace hot() {
        return admitted(Addresses.of(1), new Quota(10_000, Duration.ofMillis(50), 1), 5, 1.8);
    }

    /** Three limits at once. */
    static LimitRace three(int subjects) {
        return admitted(Addresses.of(subjects), new Quota(10_000, Duration.ofSeconds(1), 3), 1.6, 1.8);
    }

    private static LimitRace admitted(List<String> subjects, Quota quota, double timesBucket4j, double timesRedisson) {
        List<Aim> aims = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.values()) {
            aims.add(new Aim(nameOf("lumbung", algorithm), nameOf("evalsha", algorithm), 0.9, 0));
        }
        aims.addAll(Aim.each(LUMBUNG, "bucket4j", timesBucket4j, 64));
        aims.addAll(Aim.each(LUMBUNG, "bucket4j-batching", 0, 0));
        aims.addAll(Aim.each(LUMBUNG, "redisson", timesRedisson, 64));
        aims.addAll(Aim.each(LUMBUNG, "gateway", 0, 0));
        aims.addAll(Aim.each(LUMBUNG, "evalsha-gcra-apart", 0, 0));
        return new LimitRace(new Admissions(subjects, quota, true), LimitEntrants.all(quota), aims);
    }

    /** Subjects that have used up what they had. With one caller, for then a round trip is all that it waits for. */
    static LimitRace refused(int subjects) {
        var quota = new Quota(1, Duration.ofDays(1), 1);
        return new LimitRace(
                new Admissions(Addresses.of(subjects), quota, false),
                LimitEntrants.refusing(quota),
                List.of(new Aim("lumbung-log", "ping", 50, 1)));
    }
}
