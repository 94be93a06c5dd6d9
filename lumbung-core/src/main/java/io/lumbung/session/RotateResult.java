package io.lumbung.session;

/** What became of a rotation. */
public sealed interface RotateResult {
    /** The session goes by this token from now on, shown here and never again. */
    record Rotated(SessionToken token) implements RotateResult {}

    /** Another request rotated it a moment ago; its answer carries the new token, and the old one still works. */
    record RotatedAlready() implements RotateResult {}

    /** There is no such session. */
    record Gone() implements RotateResult {}
}
