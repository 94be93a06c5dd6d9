package io.lumbung.session;

import java.nio.charset.StandardCharsets;

/** The one rule for names of attributes. */
final class AttributeNames {
    private static final int LONGEST = 128;

    private AttributeNames() {}

    static void check(String name) {
        if (name.isBlank() || name.length() > LONGEST) {
            throw new IllegalArgumentException("the name of an attribute must have 1 to " + LONGEST
                    + " characters and not be blank, was "
                    + (name.length() > LONGEST ? name.length() + " characters" : "'" + name + "'"));
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new IllegalArgumentException(
                    "the name of an attribute must be made of whole characters, it holds half of a surrogate pair");
        }
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name of an attribute must not hold control characters, was '"
                    + name.replaceAll("\\p{Cntrl}", "?") + "'");
        }
    }
}
