package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import io.lettuce.core.api.sync.RedisCommands;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.regex.Pattern;

/**
 * How many commands a server executed, those that scripts call included, by name. Immutable.
 *
 * @param byName without those that clients send of themselves
 */
record ExecutedCommands(SortedMap<String, Long> byName) {

    private static final Pattern STATISTIC = Pattern.compile("cmdstat_([^:]+):calls=(\\d+),.*");
    /** What clients and this class send of themselves. */
    private static final Set<String> NOT_COUNTED = Set.of("ping", "info", "config", "hello", "client");

    /** What was executed since the last CONFIG RESETSTAT. */
    static ExecutedCommands of(RedisCommands<String, String> commands) {
        SortedMap<String, Long> all = new TreeMap<>();
        commands.info("commandstats").lines().map(STATISTIC::matcher).forEach(line -> {
            if (line.matches() && counts(line.group(1))) {
                all.put(line.group(1), Long.parseLong(line.group(2)));
            }
        });
        return new ExecutedCommands(all);
    }

    /** Whether it is a command that somebody wanted. */
    static boolean counts(String command) {
        return !NOT_COUNTED.contains(command.toLowerCase(ROOT).replaceAll("\\|.*", ""));
    }

    long count(String command) {
        return byName.getOrDefault(command, 0L);
    }

    long total() {
        return byName.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Both together. */
    ExecutedCommands plus(ExecutedCommands other) {
        var both = new TreeMap<>(byName);
        other.byName.forEach((name, count) -> both.merge(name, count, Long::sum));
        return new ExecutedCommands(both);
    }

    /** How many there are of each for one of {@code turns}, such as {@code 2.00xevalsha 1.00xpublish}. */
    String each(long turns) {
        return inWords(count -> String.format(ROOT, "%.2f", (double) count / Math.max(turns, 1)));
    }

    @Override
    public String toString() {
        return inWords(Long::toString);
    }

    private String inWords(LongFunction<String> number) {
        var words = new StringBuilder();
        for (Map.Entry<String, Long> one : byName.entrySet()) {
            words.append(words.isEmpty() ? "" : " ")
                    .append(number.apply(one.getValue()))
                    .append('x')
                    .append(one.getKey());
        }
        return words.toString();
    }
}
