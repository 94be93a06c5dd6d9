package io.lumbung.ratelimit;

import io.lumbung.key.Key;

/** Subjects given as text. */
final class Subjects {
    private Subjects() {}

    static Key of(String subject) {
        if (subject.isBlank()) {
            throw new IllegalArgumentException("a subject must not be blank: all who have none would share one limit");
        }
        return Key.of(subject);
    }
}
