package seeded.io.lumbung.counter;

/** Lives in a package that is not null-marked. */
public final class Unmarked {}
