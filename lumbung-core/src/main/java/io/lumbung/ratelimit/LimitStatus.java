package io.lumbung.ratelimit;

import java.time.Instant;
import java.util.Comparator;

/**
 * Where one limit stands for one subject.
 *
 * @param limit the limit that holds for the subject: an override's, if there is one
 * @param remaining how many permits are left now
 * @param reset when the whole limit is free again if the subject stays quiet, by the server's clock
 */
public record LimitStatus(RateLimit limit, long remaining, Instant reset) {
    static final Comparator<LimitStatus> TIGHTEST_FIRST = Comparator.comparingLong(LimitStatus::remaining)
            .thenComparing(LimitStatus::reset, Comparator.reverseOrder());
}
