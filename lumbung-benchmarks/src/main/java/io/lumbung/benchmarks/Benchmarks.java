package io.lumbung.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs one bench, prints one table to standard output and keeps the raw results in a file; what it does meanwhile goes
 * to standard error.
 *
 * <p>It starts the servers it needs and stops them. The machine should have nothing else to do.
 */
public final class Benchmarks {

    private Benchmarks() {}

    /** Runs the bench named by the first argument; without arguments it says what there is. */
    public static void main(String[] arguments) throws Exception {
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        run(options, System.out, System.err);
        System.exit(0); // some clients leave threads behind that are not daemons
    }

    static void run(Options options, PrintStream results, PrintStream progress) throws Exception {
        var entrants =
                options.choose(options.bench().equals("postgres") ? Entrants.againstPostgres() : Entrants.hits());
        var path =
                options.out().resolve(options.bench() + "-" + Runtime.version().feature() + ".csv");
        try (var servers = new Servers()) {
            List<String> heading = new ArrayList<>(Surroundings.describe(servers.redis()));
            if (options.bench().equals("postgres")) {
                heading.add(Surroundings.describe(servers.postgres()));
            }
            heading.add("values: " + options.keys() + " keys, " + options.bytes() + " B of JSON text each");
            entrants.forEach(entrant -> heading.add(entrant.name() + ": " + entrant.settings()));
            if (options.bench().equals("jmh")) {
                heading.forEach(results::println);
                results.println();
                try (var file = new ResultsFile(path, heading, SingleThread.COLUMNS)) {
                    results.print(SingleThread.run(options, entrants, servers.redis(), file, progress));
                }
            } else {
                heading.add("rounds: " + options.rounds() + ", two windows of "
                        + options.window().toMillis() + " ms each, warm-up "
                        + options.warmUp().toMillis() + " ms; ratios: median of the rounds");
                heading.forEach(results::println);
                results.println();
                try (var file = new ResultsFile(path, heading, ResultsFile.LAPS)) {
                    results.print(Table.of(race(options, entrants, servers, file, progress)));
                }
            }
            progress.println("raw results: " + path.normalize());
        }
    }

    private static List<Standing> race(
            Options options, List<Entrant> entrants, Servers servers, ResultsFile file, PrintStream progress)
            throws Exception {
        var race = new Race(options, Texts.of(options.keys(), options.bytes()), servers);
        List<Standing> standings = new ArrayList<>();
        for (Load load : options.loads()) {
            progress.println("callers " + load + ": about "
                    + options.warmUp()
                            .plus(options.window().multipliedBy(2L * options.rounds()))
                            .multipliedBy(entrants.size())
                            .toSeconds()
                    + " s");
            standings.addAll(race.run(entrants, load, file::add));
        }
        return standings;
    }
}
