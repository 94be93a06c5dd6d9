package io.lumbung.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A lock as it was a moment ago.
 *
 * @param held whether somebody holds it
 * @param owner {@link Lease#owner()} of the holder; empty if nobody holds it, or a program that is not Lumbung
 * @param fence of the holder; empty likewise
 * @param expiresIn when it ends unless it is renewed; empty if nobody holds it, or it never ends
 * @param waiting how many stand in the queue
 */
public record LockState(
        boolean held, Optional<String> owner, OptionalLong fence, Optional<Duration> expiresIn, int waiting) {}
