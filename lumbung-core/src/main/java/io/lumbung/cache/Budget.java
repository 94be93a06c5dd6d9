package io.lumbung.cache;

import io.lumbung.error.StoreException;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Redis;
import java.time.Duration;

/**
 * The time one operation may spend on Redis, over all its calls; what a loader needs does not count. After the first
 * failure nothing more is sent: a caller pays for an outage once. Belongs to one thread.
 */
final class Budget {
    private Duration left;
    private boolean broken;

    Budget(Duration granted) {
        this.left = granted;
    }

    /** Whether a call has failed: send no more. */
    boolean isBroken() {
        return broken;
    }

    Duration left() {
        return left;
    }

    /** The end of the calls that are sent now; to be given back by {@link #spent} or {@link #failed}. */
    Deadline begin() {
        return Deadline.in(left);
    }

    void spent(Deadline begun) {
        left = begun.remaining();
    }

    void failed(Deadline begun) {
        left = begun.remaining();
        broken = true;
    }

    <T> T call(Redis redis, Command<T> command) {
        Deadline deadline = begin();
        try {
            T answer = redis.send(command, deadline).await();
            spent(deadline);
            return answer;
        } catch (StoreException e) {
            failed(deadline);
            throw e;
        }
    }
}
