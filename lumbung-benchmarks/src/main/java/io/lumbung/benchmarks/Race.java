package io.lumbung.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * All entrants under one load, in turns.
 *
 * <p>A round goes there and back (A B C, C B A), so a machine that gets slower or faster meanwhile does the same to
 * everyone. An entrant's ratio is taken within each round; the table shows the median of the rounds.
 */
final class Race {

    private final Options options;
    private final Texts texts;
    private final Servers servers;

    Race(Options options, Texts texts, Servers servers) {
        this.options = options;
        this.texts = texts;
        this.servers = servers;
    }

    /** Runs everyone, the first entrant being the baseline, and tells {@code listener} of every window. */
    List<Standing> run(List<Entrant> entrants, Load load, Consumer<Lap> listener) throws Exception {
        Map<Entrant, Contender> contenders = new LinkedHashMap<>();
        var executor = load.executor();
        try {
            for (Entrant entrant : entrants) {
                Contender contender = entrant.opener().open(servers, load.callers());
                contenders.put(entrant, contender);
                for (int i = 0; i < texts.keys().size(); i++) {
                    contender.warm(texts.keys().get(i), texts.values().get(i));
                }
            }
            for (Contender contender : contenders.values()) {
                Window.of(contender, texts, load, executor, options.warmUp());
            }
            List<Lap> laps = new ArrayList<>();
            for (int round = 1; round <= options.rounds(); round++) {
                for (Entrant entrant : thereAndBack(entrants)) {
                    var contender = Objects.requireNonNull(contenders.get(entrant));
                    var window = Window.of(contender, texts, load, executor, options.window());
                    var lap = new Lap(load, round, entrant, window);
                    laps.add(lap);
                    listener.accept(lap);
                }
            }
            return Standing.of(entrants, laps);
        } finally {
            executor.shutdown();
            for (Contender contender : contenders.values()) {
                contender.close();
            }
        }
    }

    private static List<Entrant> thereAndBack(List<Entrant> entrants) {
        var order = new ArrayList<>(entrants);
        for (int i = entrants.size() - 1; i >= 0; i--) {
            order.add(entrants.get(i));
        }
        return order;
    }

    /** One window of one entrant. */
    record Lap(Load load, int round, Entrant entrant, Window window) {}
}
