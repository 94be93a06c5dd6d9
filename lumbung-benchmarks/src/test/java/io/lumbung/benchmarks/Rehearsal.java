package io.lumbung.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;

/** Benches, so short that they tell nothing of speed. */
final class Rehearsal {

    private static final Load FOUR = new Load(4, false);

    private Rehearsal() {}

    /** What a whole run prints; its raw results are in {@code folder}. */
    static String run(Path folder, String options) throws Exception {
        var printed = new ByteArrayOutputStream();
        Benchmarks.run(
                Options.parse(options + " out=" + folder),
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
        return printed.toString(StandardCharsets.UTF_8);
    }

    /** One window of four callers, the contender made ready by the course. */
    static <C extends AutoCloseable> Window window(
            Course<C> course, Entrant<C> entrant, Servers servers, Duration length) throws Exception {
        try (var contender = entrant.opener().open(servers, FOUR.callers())) {
            course.prepare(contender);
            return window(course, contender, length);
        }
    }

    /** One window of four callers, the contender being ready. */
    static <C extends AutoCloseable> Window window(Course<C> course, C contender, Duration length) throws Exception {
        var executor = FOUR.executor();
        try {
            return Window.of(course, contender, FOUR, executor, length);
        } finally {
            executor.shutdown();
        }
    }

    static <C extends AutoCloseable> Entrant<C> named(String name, Collection<Entrant<C>> all) {
        return all.stream()
                .filter(entrant -> entrant.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
