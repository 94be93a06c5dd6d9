package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * How many callers read at once, and on what threads.
 *
 * @param virtual one virtual thread each (JDK 21 or newer) instead of one platform thread each
 */
record Load(int callers, boolean virtual) {

    /** One holds what a hundred wait for. */
    static final Load HUNDRED_WAIT = new Load(101, false);

    Load {
        if (callers < 1) {
            throw new IllegalArgumentException("callers must be at least 1, was " + callers);
        }
        if (virtual && !virtualThreadsExist()) {
            throw new IllegalArgumentException("virtual threads need JDK 21 or newer, this is "
                    + Runtime.version().feature());
        }
    }

    /** {@code 64} is 64 platform threads, {@code 64v} is 64 virtual ones. */
    static Load parse(String text) {
        boolean virtual = text.endsWith("v");
        try {
            return new Load(Integer.parseInt(virtual ? text.substring(0, text.length() - 1) : text), virtual);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a load is a number, or a number and v, was '" + text + "'", e);
        }
    }

    /** All that this JDK can run. */
    static List<Load> usual() {
        var loads = new ArrayList<>(List.of(new Load(1, false), new Load(64, false)));
        if (virtualThreadsExist()) {
            loads.add(new Load(64, true));
            loads.add(new Load(1_000, true));
        }
        return List.copyOf(loads);
    }

    /** One who holds what 2, 10 and 100 wait for. */
    static List<Load> oneAndWhoWaits() {
        return List.of(new Load(3, false), new Load(11, false), HUNDRED_WAIT);
    }

    ExecutorService executor() {
        if (!virtual) {
            return Executors.newFixedThreadPool(callers);
        }
        try {
            // Not in the API of Java 17, for which this is compiled.
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("no virtual threads on this JDK", e);
        }
    }

    static boolean virtualThreadsExist() {
        return Runtime.version().feature() >= 21;
    }

    @Override
    public String toString() {
        return callers + (virtual ? "v" : "");
    }
}
