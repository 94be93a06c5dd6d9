package io.lumbung.config;

/**
 * A text somebody wrote, and where.
 *
 * @param name the name its author used
 */
record Given(String name, String text) {
    /** Never the text: it may be a password. */
    @Override
    public String toString() {
        return name;
    }
}
