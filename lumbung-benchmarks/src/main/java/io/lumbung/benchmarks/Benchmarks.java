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
            case SESSIONS -> sessions(List.of(SessionRace.requests(options.keys())));
            case SESSIONS_CREATE -> sessions(List.of(SessionRace.logins(options.keys(), servers)));
            case SESSIONS_USER -> sessions(SessionRace.lists());
            case SESSIONS_DESTROY -> sessions(SessionRace.departures(servers));
            case SESSIONS_COST -> sessionCosts();
        }
    }

    private void hits(List<Entrant<Contender>> all, List<String> more) throws Exception {
        var entrants = options.choose(all);
        List<String> details = new ArrayList<>(more);
        details.add(values());
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        var course = new Hits(Texts.of(options.keys(), options.bytes()));
        results.print(Table.of(course.turn(), race(course, entrants, details, "")));
    }

    private void limits(LimitRace race) throws Exception {
        var entrants = options.choose(race.entrants());
        var course = race.course();
        List<String> details = new ArrayList<>();
        details.add("subjects: " + course.keys() + ", " + course.quota()
                + (course.admitted() ? ", never used up" : ", used up before the start"));
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        var standings = race(course, entrants, details, "");
        results.print(Table.of(course.turn(), standings));
        results.println();
        results.print(Table.ofAims(standings, race.aims()));
    }

    private void sessions(List<SessionRace> races) throws Exception {
        for (SessionRace race : races) {
            var entrants = options.choose(race.entrants());
            List<String> details = new ArrayList<>();
            details.add("sessions: " + race.what() + ", four attributes of about 300 B, 24 h to live");
            entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
            var standings = race(race.course(), entrants, details, race.name());
            results.print(Table.of(race.course().turn(), standings));
            results.println();
            results.print(Table.ofAims(standings, race.aims()));
            results.println();
        }
    }

    private <C extends AutoCloseable> List<Standing> race(
            Course<C> course, List<Entrant<C>> entrants, List<String> details, String name) throws Exception {
        List<String> heading = heading(details);
        heading.add("rounds: " + options.rounds() + ", two windows of "
                + options.window().toMillis() + " ms each, warm-up "
                + options.warmUp().toMillis() + " ms; ratios: median of the rounds");
        tell(heading);
        var race = new Race<>(options, course, servers);
        List<Standing> standings = new ArrayList<>();
        try (var file = new ResultsFile(path(name), heading, ResultsFile.laps(course.turn()))) {
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
        List<String> details = new ArrayList<>();
        details.add("sessions: four attributes of about 300 B, 24 h to live; each contender alone on a fresh server");
        entrants.forEach(entrant -> details.add(entrant.name() + ": " + entrant.settings()));
        List<String> heading = heading(details);
        tell(heading);
        List<Costs> costs = new ArrayList<>();
        try (var file = new ResultsFile(path(""), heading, Costs.COLUMNS)) {
            for (Entrant<SessionContender> entrant : entrants) {
                progress.println(entrant.name() + ", round trips and commands");
                for (Costs cost : SessionCosts.of(entrant)) {
                    costs.add(cost);
                    file.add(cost.line());
                }
            }
        }
        results.println(Costs.table(costs));
        var visitors = Visitor.of(options.keys());
        List<SessionFootprint> footprints = new ArrayList<>();
        try (var file = new ResultsFile(path("bytes"), heading, SessionFootprint.COLUMNS)) {
            for (Entrant<SessionContender> entrant : entrants) {
                progress.println(entrant.name() + ", bytes of " + visitors.size() + " sessions");
                var footprint = SessionFootprint.of(entrant, visitors);
                footprints.add(footprint);
                file.add(footprint.line());
            }
        }
        results.print(SessionFootprint.table(footprints));
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
