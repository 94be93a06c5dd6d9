package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What can be run. */
enum Bench {
    HITS("a cache hit through every contender, all on one Redis", 1_000),
    POSTGRES("the same against the PostgreSQL read that a hit saves", 1_000),
    JMH("time and allocation of one hit on one thread, each contender in a JVM of its own", 1_000),
    LIMITS("a rate limit that admits, many subjects", 1_000),
    LIMITS_HOT("the same, all callers asking for one subject", 1),
    LIMITS_THREE("three limits at once that admit, many subjects", 1_000),
    LIMITS_REFUSED("requests of subjects that have used up their limit, against a round trip", 1_000),
    LIMITS_MEMORY("bytes of Redis memory per limited subject", 100_000),
    SESSIONS("a request that finds its session and notes its use", 1_000),
    SESSIONS_CREATE("a new session of a user", 1_000),
    SESSIONS_USER("all sessions of a user with 1, 100 and 1000 of them, found and read", 1_000),
    SESSIONS_DESTROY("the end of all sessions of a user with 1, 100 and 1000 of them", 1_000),
    SESSIONS_COST("round trips and commands of what is done with sessions, and bytes of each", 10_000),
    LOCKS("a lock that nobody else wants, taken and given back", 1_000),
    LOCKS_HANDOVER("a lock that everybody wants, from its being given back until the next one has it", 1),
    LOCKS_COST("round trips and commands of a lock, and bytes while it is held and after that", 1_000);

    private final String what;
    private final int keys;

    Bench(String what, int keys) {
        this.what = what;
        this.keys = keys;
    }

    /** How many keys it takes unless it is told. */
    int keys() {
        return keys;
    }

    /** Under what loads it runs unless it is told. */
    List<Load> loads() {
        return this == LOCKS_HANDOVER ? Load.oneAndWhoWaits() : Load.usual();
    }

    static Bench parse(String word) {
        return Arrays.stream(values())
                .filter(bench -> bench.toString().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("name a bench: "
                        + Arrays.stream(values()).map(Bench::toString).collect(Collectors.joining(", "))));
    }

    /** All of them, a line each. */
    static String list() {
        return Arrays.stream(values())
                .map(bench -> String.format(ROOT, "%-16s %s%n", bench, bench.what))
                .collect(Collectors.joining());
    }

    @Override
    public String toString() {
        return name().toLowerCase(ROOT).replace('_', '-');
    }
}
