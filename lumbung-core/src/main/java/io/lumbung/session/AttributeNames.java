package io.lumbung.session;

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
        if (name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name of an attribute must not hold control characters, was '"
                    + name.replaceAll("\\p{Cntrl}", "?") + "'");
        }
    }
}
