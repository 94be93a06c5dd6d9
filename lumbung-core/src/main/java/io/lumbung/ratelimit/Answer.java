package io.lumbung.ratelimit;

import io.lumbung.redis.Reply;
import java.util.List;
import java.util.Optional;

/**
 * What the script answered; see its header.
 *
 * @param now the server's clock, in µs
 * @param limit which limit refused, from 1
 * @param pause until it would be admitted, in µs
 * @param left of each limit, if any counted
 * @param reset of each limit, in µs
 * @param override the text of the override that held
 */
record Answer(Verdict verdict, long now, int limit, long pause, long[] left, long[] reset, Optional<String> override) {
    private static final int BEFORE_LIMITS = 4;

    enum Verdict {
        REFUSED,
        TAKEN,
        EXEMPT,
        BLOCKED,
        BEYOND_OVERRIDE,
        OTHER_PERIOD;

        private static final Verdict[] BY_NUMBER = values();
    }

    static Answer read(Reply reply) {
        List<Reply> parts = reply.list();
        Verdict verdict = Verdict.BY_NUMBER[(int) parts.get(0).number()];
        int limits = Math.max(0, parts.size() - BEFORE_LIMITS) / 2;
        long[] left = new long[limits];
        long[] reset = new long[limits];
        for (int i = 0; i < limits; i++) {
            left[i] = parts.get(BEFORE_LIMITS + 2 * i).number();
            reset[i] = parts.get(BEFORE_LIMITS + 2 * i + 1).number();
        }
        boolean overridden = parts.size() > BEFORE_LIMITS && parts.size() % 2 == 1;
        return new Answer(
                verdict,
                parts.get(1).number(),
                parts.size() > 2 ? (int) parts.get(2).number() : 0,
                parts.size() > 2 ? parts.get(3).number() : 0,
                left,
                reset,
                overridden ? Optional.of(parts.get(parts.size() - 1).text()) : Optional.empty());
    }
}
