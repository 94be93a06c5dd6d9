package io.lumbung.lock;

import java.time.Duration;

/**
 * How often a lock that is held is tried, and the pause between two tries; there is none after the last one. Who tries does
 * not stand in the queue: with a maximum wait instead, the lock goes to those who came first.
 *
 * @param tries 1 to 10 000, the first one included
 * @param delay 1 ms to 1 h
 */
public record Retries(int tries, Duration delay) {
    private static final int MOST = 10_000;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    public Retries {
        if (tries < 1 || tries > MOST) {
            throw new IllegalArgumentException("tries must be 1 to " + MOST + ", was " + tries);
        }
        if (delay.compareTo(SHORTEST) < 0 || delay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("the delay between tries must be 1 ms to 1 h, was " + delay);
        }
    }
}
