package io.lumbung.benchmarks;

/** What one is compared by with another. */
enum Measure {
    /** Turns per second: the more the better. */
    SPEED("", ">= "),
    /** The time that 99 of 100 turns took at most: the less the better. */
    P99("p99", "<= ");

    private final String name;
    private final String bound;

    Measure(String name, String bound) {
        this.name = name;
        this.bound = bound;
    }

    /** What it is, unless it is the usual. */
    String inWords() {
        return name;
    }

    /** What is aimed at. */
    String inWords(double times) {
        return (name + ' ' + bound + times).strip();
    }
}
