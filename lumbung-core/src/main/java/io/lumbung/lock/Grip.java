package io.lumbung.lock;

import io.lumbung.observe.Observation.LockKind;
import io.lumbung.redis.Command;
import java.time.Duration;

/** How one kind of lock is taken, kept and given back in Redis. Each command is one script, and safe to repeat. */
interface Grip {
    LockKind kind();

    /** Takes it if it is free and nobody waits; may leave it undecided. */
    Command<Answer> tryTake(String owner, Duration ttl);

    /**
     * Takes it if it is our turn, or stands in its queue.
     *
     * @param life for how long a waiter is believed to live; zero for one who does not wait
     */
    Command<Answer> take(String owner, Duration ttl, Duration life);

    /** Whether it is still the owner's; nothing is changed. */
    Command<Boolean> look(String owner, long fence);

    Command<Boolean> extend(String owner, long fence, Duration ttl);

    /**
     * Gives it back. Not marked repeatable: a second try would find it gone.
     *
     * @param kept for how long it stays held; zero for not at all
     */
    Command<Boolean> giveBack(String owner, long fence, Duration kept);

    /** Takes the owner out of the queue, and gives back what it got without hearing of it. */
    Command<Boolean> withdraw(String owner);
}
