package io.lumbung.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A lock as it was a moment ago.
 *
 * @param holders how many hold it; of a semaphore, how many permits are held
 * @param owner {@link Lease#owner()} of the one who holds a plain lock; empty if that is a program other than Lumbung
 * @param fence of that one; empty likewise
 * @param expiresIn when the first of the holders ends unless it is renewed; empty if nobody holds it, or it never ends
 * @param waiting how many stand in the queue
 */
public record LockState(
        int holders, Optional<String> owner, OptionalLong fence, Optional<Duration> expiresIn, int waiting) {
    /** Whether somebody holds it. */
    public boolean held() {
        return holders > 0;
    }
}
