package io.lumbung.lock;

import io.lumbung.redis.Reply;
import java.util.List;

/**
 * What a script says to who wants a lock.
 *
 * @param fence of the lease; 0 if there is none
 * @param changesIn in how many milliseconds something changes by itself; -1 if it is not known
 */
record Answer(long fence, long changesIn) {
    static Answer of(Reply reply) {
        List<Reply> parts = reply.list();
        return new Answer(parts.get(0).number(), parts.get(1).number());
    }

    boolean isOurs() {
        return fence > 0;
    }
}
