package io.lumbung.session;

import java.time.Duration;
import java.util.Objects;

/**
 * How long sessions live and how many one user may have.
 *
 * @param idle how long a session lives after its last use; 1 s to 365 days
 * @param absolute how long it lives at most, however much it is used; at least {@code idle}, at most 365 days
 * @param most how many sessions of one user may be alive at once; 0 for any number, at most 500
 * @param whenFull what happens to one more
 * @param touchEvery how often, at most, use is noted: it costs a write. 0 for each time, at most a quarter of {@code idle}
 * @param grace for how long the old token of a rotated session still leads to it, so that requests already under way are
 *     not logged out; 0 to 60 s
 * @param maxDataBytes the most that all attributes of a session may take, encoded; 1 to 64 KiB
 * @param expiryEvents whether it is noted when a session dies, so that {@link Sessions#onExpired} can tell; an entry more
 *     for each session. The same in all processes that share sessions
 */
public record SessionPolicy(
        Duration idle,
        Duration absolute,
        int most,
        WhenFull whenFull,
        Duration touchEvery,
        Duration grace,
        int maxDataBytes,
        boolean expiryEvents) {
    /** The most that all attributes of any session may take: 64 KiB. */
    public static final int LARGEST_DATA = 64 * 1024;

    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration LONGEST_GRACE = Duration.ofSeconds(60);
    private static final int MOST = 500;

    /** What happens when a user has as many sessions as there may be and wants one more. */
    public enum WhenFull {
        /** The one that would die first, the least recently used, makes room. */
        EVICT_OLDEST,
        /** It is not created. */
        REJECT
    }

    public SessionPolicy {
        require("idle", idle, SHORTEST, LONGEST);
        require("absolute", absolute, idle, LONGEST);
        Objects.requireNonNull(whenFull, "whenFull");
        require("touchEvery", touchEvery, Duration.ZERO, idle.dividedBy(4));
        require("grace", grace, Duration.ZERO, LONGEST_GRACE);
        if (most < 0 || most > MOST) {
            throw new IllegalArgumentException("most must be 0 (any number) to " + MOST + ", was " + most);
        }
        if (maxDataBytes < 1 || maxDataBytes > LARGEST_DATA) {
            throw new IllegalArgumentException("maxDataBytes must be 1 to " + LARGEST_DATA + ", was " + maxDataBytes);
        }
    }

    /** 24 h idle, 30 days in all, any number of sessions; use is noted once a minute, 10 s of grace. */
    public static SessionPolicy standard() {
        return lasting(Duration.ofHours(24), Duration.ofDays(30));
    }

    /** NIST SP 800-63B, assurance level 1: 30 days, used or not. */
    public static SessionPolicy nistAal1() {
        return lasting(Duration.ofDays(30), Duration.ofDays(30));
    }

    /** NIST SP 800-63B, assurance level 2: 30 minutes idle, 12 hours in all. */
    public static SessionPolicy nistAal2() {
        return lasting(Duration.ofMinutes(30), Duration.ofHours(12));
    }

    /** NIST SP 800-63B, assurance level 3: 15 minutes idle, 12 hours in all. */
    public static SessionPolicy nistAal3() {
        return lasting(Duration.ofMinutes(15), Duration.ofHours(12));
    }

    /** OWASP Session Management Cheat Sheet, applications of low risk: 30 minutes idle, 8 hours in all. */
    public static SessionPolicy owaspLowRisk() {
        return lasting(Duration.ofMinutes(30), Duration.ofHours(8));
    }

    /** OWASP Session Management Cheat Sheet, applications of high value: 5 minutes idle, 4 hours in all. */
    public static SessionPolicy owaspHighValue() {
        return lasting(Duration.ofMinutes(5), Duration.ofHours(4));
    }

    /** The same with other lives; {@link #absolute()} is raised to {@code time} if it is shorter. */
    public SessionPolicy withIdle(Duration time) {
        return new SessionPolicy(
                time,
                absolute.compareTo(time) < 0 ? time : absolute,
                most,
                whenFull,
                shorter(touchEvery, time.dividedBy(4)),
                grace,
                maxDataBytes,
                expiryEvents);
    }

    /** The same with another absolute life. */
    public SessionPolicy withAbsolute(Duration time) {
        return new SessionPolicy(idle, time, most, whenFull, touchEvery, grace, maxDataBytes, expiryEvents);
    }

    /** The same with at most {@code sessions} per user. */
    public SessionPolicy withMost(int sessions, WhenFull then) {
        return new SessionPolicy(idle, absolute, sessions, then, touchEvery, grace, maxDataBytes, expiryEvents);
    }

    /** The same, noting use at most every {@code time}. */
    public SessionPolicy withTouchEvery(Duration time) {
        return new SessionPolicy(idle, absolute, most, whenFull, time, grace, maxDataBytes, expiryEvents);
    }

    /** The same with another grace. */
    public SessionPolicy withGrace(Duration time) {
        return new SessionPolicy(idle, absolute, most, whenFull, touchEvery, time, maxDataBytes, expiryEvents);
    }

    /** The same, noting when sessions die: see {@link Sessions#onExpired}. */
    public SessionPolicy withExpiryEvents() {
        return new SessionPolicy(idle, absolute, most, whenFull, touchEvery, grace, maxDataBytes, true);
    }

    private static SessionPolicy lasting(Duration idle, Duration absolute) {
        return new SessionPolicy(
                idle,
                absolute,
                0,
                WhenFull.EVICT_OLDEST,
                shorter(Duration.ofMinutes(1), idle.dividedBy(4)),
                Duration.ofSeconds(10),
                LARGEST_DATA,
                false);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static void require(String what, Duration time, Duration least, Duration most) {
        Objects.requireNonNull(time, what);
        if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + ", was " + time);
        }
    }
}
