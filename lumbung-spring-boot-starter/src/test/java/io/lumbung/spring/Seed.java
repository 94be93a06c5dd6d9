package io.lumbung.spring;

import java.util.Random;

/** Random tests print their seed, and run again with it: {@code -Dlumbung.seed=42}. */
public final class Seed {
    private Seed() {}

    /** A source of randomness for the test called {@code name}. */
    public static Random random(String name) {
        long seed = Long.getLong("lumbung.seed", System.nanoTime());
        System.out.println(name + ": replay with -Dlumbung.seed=" + seed);
        return new Random(seed);
    }
}
