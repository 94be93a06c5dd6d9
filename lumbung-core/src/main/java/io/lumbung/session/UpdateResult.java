package io.lumbung.session;

/** What became of a change. */
public sealed interface UpdateResult {
    /** It is done. */
    record Updated(long version) implements UpdateResult {}

    /** There is no such session: it ended, or was destroyed. Nothing was written. */
    record Gone() implements UpdateResult {}

    /** Somebody else changed it first. Nothing was written. */
    record Conflict(long version) implements UpdateResult {}
}
