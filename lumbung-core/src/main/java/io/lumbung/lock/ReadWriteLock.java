package io.lumbung.lock;

import io.lumbung.key.Key;

/**
 * A lock that many readers or one writer may hold. Both stand in one queue, in the order of arrival: a writer who waits is
 * not passed by readers who come later, so neither starves. Writers have fences for what they write; readers have one, too, by which
 * to tell whether what they read was written since. A reader who wants to write gives the read lease back first.
 * Thread-safe.
 */
public interface ReadWriteLock {
    /** Its name. */
    Key name();

    /** Held together with other readers, at most 10 000. */
    DistributedLock read();

    /** Held alone. */
    DistributedLock write();
}
