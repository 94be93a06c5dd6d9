package io.lumbung.lock;

import io.lumbung.redis.Reply;
import java.util.List;

/**
 * What a script says to who wants a lock.
 *
 * @param fence of the lease; 0 if there is none, -1 if that is for another script to decide
 * @param changesIn in how many milliseconds something changes by itself; -1 if it is not known
 */
record Answer(long fence, long changesIn) {
    static Answer of(Reply reply) {
        List<Reply> parts = reply.list();
        return new Answer(parts.get(0).number(), parts.get(1).number());
    }

    /** A text is the fence; a number is what there is instead. */
    static Answer ofOne(Reply reply) {
        return new Answer(reply.isNumber() ? reply.number() : Long.parseLong(reply.text()), -1);
    }

    boolean isOurs() {
        return fence > 0;
    }

    boolean isUndecided() {
        return fence < 0;
    }
}
