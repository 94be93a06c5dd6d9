package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * All entrants on one course under one load, in turns.
 *
 * <p>A round goes there and back (A B C, C B A), so a machine that gets slower or faster meanwhile does the same to
 * everyone. An entrant's ratio is taken within each round; the table shows the median of the rounds.
 *
 * @param <C> what they do
 */
final class Race<C extends AutoCloseable> {

    private final Options options;
    private final Course<C> course;
    private final Servers servers;

    Race(Options options, Course<C> course, Servers servers) {
        this.options = options;
        this.course = course;
        this.servers = servers;
    }

    /** Runs everyone, the first entrant being the baseline, and tells {@code listener} of every window. */
    List<Standing> run(List<Entrant<C>> entrants, Load load, Consumer<Lap> listener) throws Exception {
        Map<Entrant<C>, C> contenders = new LinkedHashMap<>();
        var executor = load.executor();
        try {
            for (Entrant<C> entrant : entrants) {
                C contender = entrant.opener().open(servers, load.callers());
                contenders.put(entrant, contender);
                course.prepare(contender);
            }
            for (C contender : contenders.values()) {
                long end = System.nanoTime() + options.warmUp().toNanos();
                do {
                    Window.of(course, contender, load, executor, options.warmUp());
                } while (System.nanoTime() - end < 0);
            }
            List<Lap> laps = new ArrayList<>();
            for (int round = 1; round <= options.rounds(); round++) {
                for (Entrant<C> entrant : thereAndBack(entrants)) {
                    var contender = Objects.requireNonNull(contenders.get(entrant));
                    var window = Window.of(course, contender, load, executor, options.window());
                    var lap = new Lap(load, round, entrant, window);
                    laps.add(lap);
                    listener.accept(lap);
                }
            }
            return Standing.of(entrants, laps);
        } finally {
            executor.shutdown();
            for (C contender : contenders.values()) {
                contender.close();
            }
        }
    }

    private List<Entrant<C>> thereAndBack(List<Entrant<C>> entrants) {
        var order = new ArrayList<>(entrants);
        for (int i = entrants.size() - 1; i >= 0; i--) {
            order.add(entrants.get(i));
        }
        return order;
    }

    /** One window of one entrant. */
    record Lap(Load load, int round, Entrant<?> entrant, Window window) {}
}
