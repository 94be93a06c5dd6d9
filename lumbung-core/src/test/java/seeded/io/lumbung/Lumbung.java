package seeded.io.lumbung;

/** The door that nobody may know. */
public final class Lumbung {}
