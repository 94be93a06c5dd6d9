package io.lumbung.service.digest;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * How time is cut into periods, the same for every instance: counted from 1970 in UTC, so that an hour is an hour of the clock.
 *
 * @param every how long a period is: 1 s to 24 h, whole milliseconds
 */
record Rhythm(Duration every) {

    /** As many periods are made up for after nobody wrote digests for a while; what lies before them is left out. */
    static final int MOST_AT_ONCE = 24;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration LONGEST_SETTLING = Duration.ofSeconds(10);
    private static final Duration LONGEST_LOCK = Duration.ofSeconds(30);

    Rhythm {
        if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0 || every.toNanos() % 1_000_000 != 0) {
            throw new IllegalArgumentException(
                    "a period must be 1 s to 24 h in whole milliseconds, was " + every + "; write 1h, for example");
        }
    }

    /** How long after its end a period is looked at: what was begun within it is committed by then. */
    Duration settling() {
        return shorter(every.dividedBy(10), LONGEST_SETTLING);
    }

    /** When to look next: as soon as the next period has settled. */
    Instant next(Instant now) {
        return boundary(now.minus(settling())).plus(every).plus(settling());
    }

    /**
     * The periods that want a digest, oldest first.
     *
     * @param now by the clock of the data
     * @param writtenUntil the end of the last one that has a digest; without one only the last period wants it
     */
    List<Period> due(Instant now, Optional<Instant> writtenUntil) {
        long end = boundary(now.minus(settling())).toEpochMilli();
        long length = every.toMillis();
        long earliest = end - MOST_AT_ONCE * length;
        // The rhythm may have been another one until now: what it began is not told twice.
        long start = writtenUntil
                .map(until -> Math.max(earliest, notBefore(until).toEpochMilli()))
                .orElse(end - length);
        return LongStream.iterate(start, at -> at < end, at -> at + length)
                .mapToObj(at -> new Period(Instant.ofEpochMilli(at), Instant.ofEpochMilli(at + length)))
                .toList();
    }

    /** For how long nobody writes a digest after the instance that was about to has died. */
    Duration ttl() {
        return shorter(every, LONGEST_LOCK);
    }

    /** For how long nobody begins again: clocks may differ by it, and it is over before the next look. */
    Duration lockAtLeastFor(Instant now) {
        return shorter(ttl(), Duration.between(now, next(now)).dividedBy(2));
    }

    private Instant boundary(Instant at) {
        long length = every.toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(at.toEpochMilli(), length) * length);
    }

    private Instant notBefore(Instant at) {
        Instant boundary = boundary(at);
        return boundary.isBefore(at) ? boundary.plus(every) : boundary;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
