package io.lumbung.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

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
            case SESSIONS -> sessions(List.of(SessionRace.requests(options.keys())));
            case SESSIONS_CREATE -> sessions(List.of(SessionRace.logins(options.keys(), servers)));
            case SESSIONS_USER -> sessions(SessionRace.lists());
            case SESSIONS_DESTROY -> sessions(SessionRace.departures(servers));
            case SESSIONS_COST -> sessionCosts();
            case LOCKS -> locks();
            case LOCKS_HANDOVER -> handOvers();
            case LOCKS_COST -> lockCosts();
        }
    }

    private void hits(List<Entrant<Contender>> all, List<String> more) throws Exception {
        var entrants = options.choose(all);
        List<String> details = new ArrayList<>(more);
        details.add(values());
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        var course = new Hits(Texts.of(options.keys(), options.bytes()));
        results.print(Table.of(course.turn(), race(course, entrants, details, "", lap -> {})));
    }

    private void limits(LimitRace race) throws Exception {
        var course = race.course();
        String what = "subjects: " + course.keys() + ", " + course.quota()
                + (course.admitted() ? ", never used up" : ", used up before the start");
        race(what, course, race.entrants(), race.aims(), "", lap -> {});
    }

    private void sessions(List<SessionRace> races) throws Exception {
        for (SessionRace race : races) {
            String what = "sessions: " + race.what() + ", four attributes of about 300 B, 24 h to live";
            race(what, race.course(), race.entrants(), race.aims(), race.name(), lap -> {});
            results.println();
        }
    }

    private void locks() throws Exception {
        var race = LockRace.pairs(options.keys());
        race(race.what(), race.course(), race.entrants(), race.aims(), "", lap -> {});
    }

    private void handOvers() throws Exception {
        var course = new HandOvers(options.instances(), servers);
        var race = LockRace.handOvers(course);
        Map<List<String>, HandOvers.Tally> tallies = new LinkedHashMap<>();
        race(
                race.what(),
                course,
                race.entrants(),
                race.aims(),
                "",
                lap -> tallies.merge(
                        List.of(lap.load().toString(), lap.entrant().name()), course.last(), HandOvers.Tally::plus));
        results.println();
        results.print(HandOvers.table(tallies));
    }

    /** Races, and prints how fast everybody was and what was aimed at; {@code also} is told of every window. */
    private <C extends AutoCloseable> void race(
            String what, Course<C> course, List<Entrant<C>> all, List<Aim> aims, String name, Consumer<Race.Lap> also)
            throws Exception {
        var entrants = options.choose(all);
        List<String> details = new ArrayList<>(List.of(what));
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        var standings = race(course, entrants, details, name, also);
        results.print(Table.of(course.turn(), standings));
        results.println();
        results.print(Table.ofAims(standings, aims));
    }

    private <C extends AutoCloseable> List<Standing> race(
            Course<C> course, List<Entrant<C>> entrants, List<String> details, String name, Consumer<Race.Lap> also)
            throws Exception {
        List<String> heading = heading(details);
        heading.add("rounds: " + options.rounds() + ", two windows of "
                + options.window().toMillis() + " ms each, warm-up "
                + options.warmUp().toMillis() + " ms; ratios: median of the rounds");
        if (!Load.virtualThreadsExist()) {
            heading.add("virtual threads: none, they need JDK 21 or newer");
        }
        tell(heading);
        var race = new Race<>(options, course, servers);
        List<Standing> standings = new ArrayList<>();
        try (var file = new ResultsFile(path(name), heading, ResultsFile.laps(course.turn()) + course.columns())) {
            for (Load load : options.loads()) {
                progress.println("callers " + load + ": about "
                        + options.warmUp()
                                .plus(options.window().multipliedBy(2L * options.rounds()))
                                .multipliedBy(entrants.size())
                                .toSeconds()
                        + " s");
                standings.addAll(race.run(entrants, load, lap -> {
                    file.add(lap, course.notes());
                    also.accept(lap);
                }));
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
        try (var file = new ResultsFile(path(""), heading, SingleThread.COLUMNS)) {
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
        try (var file = new ResultsFile(path(""), heading, Footprint.COLUMNS)) {
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

    private void sessionCosts() throws Exception {
        var entrants = options.choose(SessionEntrants.everybody());
        List<String> heading = costs(
                "sessions: four attributes of about 300 B, 24 h to live; each contender alone on a fresh server",
                entrants,
                SessionCosts::of);
        var visitors = Visitor.of(options.keys());
        var footprints = footprints(
                "bytes of " + visitors.size() + " sessions",
                entrants,
                entrant -> SessionFootprint.of(entrant, visitors),
                SessionFootprint::line,
                heading,
                SessionFootprint.COLUMNS);
        results.print(SessionFootprint.table(footprints));
    }

    private void lockCosts() throws Exception {
        var entrants = options.choose(LockEntrants.takers());
        List<String> heading = costs(
                "locks: each contender alone on a fresh server; " + options.keys() + " names such as "
                        + LockFootprint.name(0) + " for their bytes",
                entrants,
                LockCosts::of);
        var footprints = footprints(
                "bytes of " + options.keys() + " locks",
                entrants,
                entrant -> LockFootprint.of(entrant, options.keys()),
                LockFootprint::line,
                heading,
                LockFootprint.COLUMNS);
        results.print(LockFootprint.table(footprints));
    }

    /** What a contender turns out to take. */
    @FunctionalInterface
    private interface Finding<C extends AutoCloseable, F> {
        F of(Entrant<C> entrant) throws Exception;
    }

    private <C extends AutoCloseable, F> List<F> footprints(
            String what,
            List<Entrant<C>> entrants,
            Finding<C, F> finding,
            Function<F, String> line,
            List<String> heading,
            String columns)
            throws Exception {
        List<F> footprints = new ArrayList<>();
        try (var file = new ResultsFile(path("bytes"), heading, columns)) {
            for (Entrant<C> entrant : entrants) {
                progress.println(entrant.name() + ", " + what);
                F footprint = finding.of(entrant);
                footprints.add(footprint);
                file.add(line.apply(footprint));
            }
        }
        return footprints;
    }

    /** @return the heading, also of what is measured next */
    private <C extends AutoCloseable> List<String> costs(
            String what, List<Entrant<C>> entrants, Finding<C, List<Costs>> finding) throws Exception {
        List<String> details = new ArrayList<>(List.of(what));
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        List<String> heading = heading(details);
        tell(heading);
        List<Costs> costs = new ArrayList<>();
        try (var file = new ResultsFile(path(""), heading, Costs.COLUMNS)) {
            for (Entrant<C> entrant : entrants) {
                progress.println(entrant.name() + ", round trips and commands");
                for (Costs cost : finding.of(entrant)) {
                    costs.add(cost);
                    file.add(cost.line());
                }
            }
        }
        results.println(Costs.table(costs));
        return heading;
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

    /** @param name of one of several files of a bench, or empty */
    private Path path(String name) {
        var path = options.out()
                .resolve(options.bench() + (name.isEmpty() ? "" : "-" + name) + "-"
                        + Runtime.version().feature() + ".csv");
        progress.println("raw results: " + path.normalize());
        return path;
    }
}
