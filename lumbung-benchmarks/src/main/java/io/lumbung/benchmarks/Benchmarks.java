package io.lumbung.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs one bench, prints its tables to standard output and keeps the raw results in a file; what it does meanwhile goes
 * to standard error.
 *
 * <p>It starts the servers it needs and stops them. The machine should have nothing else to do.
 */
public final class Benchmarks {

    private final Options options;
    private final Servers servers;
    private final PrintStream results;
    private final PrintStream progress;

    private Benchmarks(Options options, Servers servers, PrintStream results, PrintStream progress) {
        this.options = options;
        this.servers = servers;
        this.results = results;
        this.progress = progress;
    }

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
        try (var servers = new Servers()) {
            new Benchmarks(options, servers, results, progress).run();
        }
    }

    private void run() throws Exception {
        switch (options.bench()) {
            case HITS -> hits(Entrants.hits(), List.of());
            case POSTGRES -> hits(Entrants.againstPostgres(), List.of(Surroundings.describe(servers.postgres())));
            case JMH -> jmh();
            case LIMITS -> limits(LimitRace.many(options.keys()));
            case LIMITS_HOT -> limits(LimitRace.hot());
            case LIMITS_THREE -> limits(LimitRace.three(options.keys()));
            case LIMITS_REFUSED -> limits(LimitRace.refused(options.keys()));
            case LIMITS_MEMORY -> memory();
        }
        progress.println("raw results: " + path().normalize());
    }

    private void hits(List<Entrant<Contender>> all, List<String> more) throws Exception {
        var entrants = options.choose(all);
        List<String> details = new ArrayList<>(more);
        details.add(values());
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        var course = new Hits(Texts.of(options.keys(), options.bytes()));
        results.print(Table.of(course.turn(), race(course, entrants, details)));
    }

    private void limits(LimitRace race) throws Exception {
        var entrants = options.choose(race.entrants());
        var course = race.course();
        List<String> details = new ArrayList<>();
        details.add("subjects: " + course.keys() + ", " + course.quota()
                + (course.admitted() ? ", never used up" : ", used up before the start"));
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        var standings = race(course, entrants, details);
        results.print(Table.of(course.turn(), standings));
        results.println();
        results.print(Table.ofAims(standings, race.aims()));
    }

    private <C extends AutoCloseable> List<Standing> race(
            Course<C> course, List<Entrant<C>> entrants, List<String> details) throws Exception {
        List<String> heading = heading(details);
        heading.add("rounds: " + options.rounds() + ", two windows of "
                + options.window().toMillis() + " ms each, warm-up "
                + options.warmUp().toMillis() + " ms; ratios: median of the rounds");
        tell(heading);
        var race = new Race<>(options, course, servers);
        List<Standing> standings = new ArrayList<>();
        try (var file = new ResultsFile(path(), heading, ResultsFile.laps(course.turn()))) {
            for (Load load : options.loads()) {
                progress.println("callers " + load + ": about "
                        + options.warmUp()
                                .plus(options.window().multipliedBy(2L * options.rounds()))
                                .multipliedBy(entrants.size())
                                .toSeconds()
                        + " s");
                standings.addAll(race.run(entrants, load, file::add));
            }
        }
        return standings;
    }

    private void jmh() throws Exception {
        var entrants = options.choose(Entrants.hits());
        List<String> details = new ArrayList<>(List.of(values()));
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        List<String> heading = heading(details);
        tell(heading);
        try (var file = new ResultsFile(path(), heading, SingleThread.COLUMNS)) {
            results.print(SingleThread.run(options, entrants, servers.redis(), file, progress));
        }
    }

    private void memory() throws Exception {
        var questions = Footprint.questions();
        var entrants = options.choose(
                questions.stream().map(Footprint.Question::entrant).distinct().toList());
        List<String> details = new ArrayList<>();
        details.add("subjects: " + options.keys() + " IPv4 addresses, each contender alone on a fresh server; "
                + Footprint.QUOTA);
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        List<String> heading = heading(details);
        tell(heading);
        var subjects = Addresses.of(options.keys());
        List<Footprint> footprints = new ArrayList<>();
        try (var file = new ResultsFile(path(), heading, Footprint.COLUMNS)) {
            for (Footprint.Question question : questions) {
                if (entrants.contains(question.entrant())) {
                    progress.println(question.entrant().name() + ", " + question.requests() + " requests of each");
                    var footprint = Footprint.of(question, subjects);
                    footprints.add(footprint);
                    file.add(footprint.line());
                }
            }
        }
        results.print(Footprint.table(footprints));
    }

    private List<String> heading(List<String> details) throws IOException {
        List<String> heading = new ArrayList<>(Surroundings.describe(servers.redis()));
        heading.addAll(details);
        return heading;
    }

    private void tell(List<String> heading) {
        heading.forEach(results::println);
        results.println();
    }

    private String values() {
        return "values: " + options.keys() + " keys, " + options.bytes() + " B of JSON text each";
    }

    private Path path() {
        return options.out().resolve(options.bench() + "-" + Runtime.version().feature() + ".csv");
    }
}
