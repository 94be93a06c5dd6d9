package io.lumbung.service.digest;

import java.time.Instant;

/**
 * A time that a digest is about.
 *
 * @param start included
 * @param end not included
 */
record Period(Instant start, Instant end) {

    Period {
        if (!start.isBefore(end)) {
            throw new IllegalArgumentException("a period must start before it ends: " + start + ", " + end);
        }
    }
}
