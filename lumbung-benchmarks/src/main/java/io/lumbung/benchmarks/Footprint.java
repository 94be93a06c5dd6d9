package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScanIterator;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What subjects cost in the memory of a server that holds nothing else, keys included.
 *
 * @param keys how many keys they left
 * @param before bytes in use before the first of them
 * @param after bytes in use when they were there and whoever brought them was gone
 */
record Footprint(Question question, int subjects, long keys, long before, long after) {

    static final String COLUMNS =
            "contender,requests,subjects,keys,used_memory_before,used_memory_after,bytes_per_subject";

    /** Windows so long that no key expires while the others come. */
    static final Quota QUOTA = new Quota(100, Duration.ofDays(1), 1);

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final int QUIET_READINGS = 5;
    private static final int MOST_READINGS = 150;

    /**
     * What is asked.
     *
     * @param requests how many of each subject are admitted
     * @param aim the most bytes we would like it to be; 0 if it is only of interest
     */
    record Question(Entrant<LimitContender> entrant, int requests, int aim) {}

    /** A real limiter's keys: {@code app:ratelimit:api:203.0.113.7}. */
    static List<Question> questions() {
        String name = "api";
        var gcra = LimitEntrants.lumbung(name, Algorithm.GCRA, QUOTA);
        var counter = LimitEntrants.lumbung(name, Algorithm.COUNTER, QUOTA);
        var log = LimitEntrants.lumbung(name, Algorithm.LOG, QUOTA);
        var redisson = LimitEntrants.redisson(name, QUOTA);
        return List.of(
                new Question(gcra, 1, 150),
                new Question(counter, 1, 180),
                new Question(log, 1, 0),
                new Question(log, 5, 0),
                new Question(log, 100, 0),
                new Question(LimitEntrants.bucket4j(name, QUOTA), 1, 0),
                new Question(redisson, 1, 0),
                new Question(redisson, 5, 0),
                new Question(LimitEntrants.gateway(name, QUOTA), 1, 0));
    }

    /** Measures on a server of its own. */
    static Footprint of(Question question, List<String> subjects) throws Exception {
        try (var servers = new Servers();
                var client = RedisClient.create(RedisURI.create(servers.redis()))) {
            var commands = client.connect().sync();
            long before = quiet(commands);
            try (var contender = question.entrant().opener().open(servers, Crowd.CALLERS)) {
                Crowd.run(subjects.size(), i -> bring(contender, subjects.get(i), question.requests()));
            }
            long after = quiet(commands);
            return new Footprint(question, subjects.size(), commands.dbsize(), before, after);
        }
    }

    private static void bring(LimitContender contender, String subject, int requests) throws Exception {
        contender.prepare(subject);
        for (int i = 0; i < requests; i++) {
            if (!contender.admits(subject)) {
                throw new WrongAnswerException(subject + " was refused its request " + (i + 1));
            }
        }
    }

    // Clients that left and tables that grew are tidied up a little at a time.
    static long quiet(RedisCommands<String, String> commands) throws InterruptedException {
        long last = usedMemory(commands);
        int quiet = 0;
        for (int i = 0; i < MOST_READINGS && quiet < QUIET_READINGS; i++) {
            TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
            long now = usedMemory(commands);
            quiet = Math.abs(now - last) <= last / 10_000 ? quiet + 1 : 0;
            last = now;
        }
        return last;
    }

    /** What MEMORY USAGE says of all keys, all of their elements looked at. */
    static long usage(RedisCommands<String, String> commands) {
        return ScanIterator.scan(commands).stream()
                .mapToLong(key -> commands.dispatch(
                        CommandType.MEMORY,
                        new IntegerOutput<>(StringCodec.UTF8),
                        new CommandArgs<>(StringCodec.UTF8)
                                .add("USAGE")
                                .addKey(key)
                                .add("SAMPLES")
                                .add(0)))
                .sum();
    }

    private static long usedMemory(RedisCommands<String, String> commands) {
        return commands.info("memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElseThrow();
    }

    double bytesPerSubject() {
        return (double) (after - before) / subjects;
    }

    String line() {
        return String.format(
                ROOT,
                "%s,%d,%d,%d,%d,%d,%.1f",
                question.entrant().name(),
                question.requests(),
                subjects,
                keys,
                before,
                after,
                bytesPerSubject());
    }

    static String table(List<Footprint> footprints) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("contender", "requests", "B/subject", "aim", "keys/subject"));
        for (Footprint footprint : footprints) {
            var question = footprint.question();
            rows.add(List.of(
                    question.entrant().name(),
                    Integer.toString(question.requests()),
                    String.format(ROOT, "%,.0f", footprint.bytesPerSubject()),
                    question.aim() == 0 ? "" : "<= " + question.aim(),
                    String.format(ROOT, "%.1f", (double) footprint.keys() / footprint.subjects())));
        }
        return Table.layOut(1, rows);
    }
}
