package io.lumbung.ratelimit;

import io.lumbung.key.Key;

/**
 * One subject of one limiter, as instances speak of it among each other: {@code limiter:subject}. Cheaper to make than
 * its keys. Immutable.
 */
record LimitedSubject(String limiter, String subject) {
    static LimitedSubject of(String limiter, Key subject) {
        return new LimitedSubject(limiter, subject.text());
    }

    /** Of a message; whatever it says, it names some subject. */
    static LimitedSubject parse(String message) {
        int colon = message.indexOf(':');
        return colon < 0
                ? new LimitedSubject(message, "")
                : new LimitedSubject(message.substring(0, colon), message.substring(colon + 1));
    }

    String message() {
        return limiter + ':' + subject;
    }
}
