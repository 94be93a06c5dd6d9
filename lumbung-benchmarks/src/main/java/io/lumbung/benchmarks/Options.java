package io.lumbung.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What to run, as told on the command line: {@code hits rounds=7 seconds=1 loads=1,64,1000v}. */
record Options(
        Bench bench,
        int rounds,
        Duration window,
        Duration warmUp,
        int keys,
        int bytes,
        int instances,
        List<String> contenders,
        List<Load> loads,
        Path out) {

    static final String USAGE = "<bench> [option=value ...]\n\n" + Bench.list() + """

            rounds=7               rounds, in each of which everybody runs twice
            seconds=1              length of one window
            warmup=4               seconds for each contender before the first round
            loads=1,64,64v,1000v   callers; v: on virtual threads (JDK 21 or newer)
            contenders=a,b         only these; the first one named in the table is the baseline and always runs
            keys=1000 bytes=512    what is stored; keys of limits-memory: 100000
            instances=2            how many instances of an application want the one lock of locks-handover
            out=DIR                where the raw results go
            """;

    Options {
        atLeastOne("rounds", rounds);
        atLeastOne("keys", keys);
        atLeastOne("instances", instances);
        if (window.isNegative() || window.isZero() || warmUp.isNegative()) {
            throw new IllegalArgumentException("seconds must be positive and warmup not negative");
        }
    }

    static Options parse(String... arguments) {
        var words = Stream.of(arguments)
                .flatMap(argument -> Stream.of(argument.strip().split("\\s+")))
                .filter(word -> !word.isEmpty())
                .toList();
        var bench = Bench.parse(words.isEmpty() ? "" : words.get(0));
        Map<String, String> given = new TreeMap<>();
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("an option is name=value, was '" + word + "'");
            }
            given.put(word.substring(0, equals), word.substring(equals + 1));
        }
        var options = new Options(
                bench,
                Integer.parseInt(take(given, "rounds", "7")),
                seconds(take(given, "seconds", "1")),
                seconds(take(given, "warmup", "4")),
                Integer.parseInt(take(given, "keys", Integer.toString(bench.keys()))),
                Integer.parseInt(take(given, "bytes", "512")),
                Integer.parseInt(take(given, "instances", "2")),
                list(take(given, "contenders", "")),
                loads(bench, take(given, "loads", "")),
                Path.of(take(
                        given, "out", System.getProperty("lumbung.benchmarks.results", "lumbung-benchmarks/results"))));
        if (!given.isEmpty()) {
            throw new IllegalArgumentException("no such option: " + String.join(", ", given.keySet()));
        }
        return options;
    }

    /** The baseline, and of the others those asked for. */
    <C extends AutoCloseable> List<Entrant<C>> choose(List<Entrant<C>> all) {
        var names = all.stream().map(Entrant::name).toList();
        var unknown = contenders.stream().filter(name -> !names.contains(name)).toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("no such contender: " + unknown + ", there are " + names);
        }
        return contenders.isEmpty()
                ? all
                : all.stream()
                        .filter(entrant -> entrant.equals(all.get(0)) || contenders.contains(entrant.name()))
                        .toList();
    }

    private static String take(Map<String, String> given, String name, String otherwise) {
        String value = given.remove(name);
        return value == null ? otherwise : value;
    }

    private static Duration seconds(String text) {
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1_000));
    }

    private static List<String> list(String text) {
        return Stream.of(text.split(",")).filter(word -> !word.isEmpty()).toList();
    }

    private static List<Load> loads(Bench bench, String text) {
        return text.isEmpty()
                ? bench.loads()
                : list(text).stream().map(Load::parse).toList();
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, was " + value);
        }
    }
}
