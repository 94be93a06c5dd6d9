package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.List;

/**
 * What locks cost in the memory of a server that holds nothing else, by MEMORY USAGE of all keys.
 *
 * @param held while all of them are held
 * @param left when all were given back
 */
record LockFootprint(String contender, int locks, Keys held, Keys left) {

    static final String COLUMNS =
            "contender,locks,keys_held,bytes_held,keys_left,bytes_left,bytes_per_held_lock,bytes_per_lock_given_back";

    /** What there is at one time. */
    record Keys(long count, long bytes) {

        static Keys of(RedisCommands<String, String> commands) {
            return new Keys(commands.dbsize(), Footprint.usage(commands));
        }

        double bytesOf(int locks) {
            return (double) bytes / locks;
        }
    }

    /** Measures on a server of its own. */
    static LockFootprint of(Entrant<LockContender> entrant, int locks) throws Exception {
        try (var servers = new Servers();
                var client = RedisClient.create(RedisURI.create(servers.redis()));
                var contender = entrant.opener().open(servers, 1)) {
            var commands = client.connect().sync();
            List<Held> all = new ArrayList<>();
            for (int i = 0; i < locks; i++) {
                String name = name(i);
                all.add(contender
                        .tryAcquire(name)
                        .orElseThrow(() -> new WrongAnswerException("a free lock was not to be had: " + name)));
            }
            var held = Keys.of(commands);
            for (Held one : all) {
                one.release();
            }
            return new LockFootprint(entrant.name(), locks, held, Keys.of(commands));
        }
    }

    /** A name of usual length. */
    static String name(int number) {
        return String.format(ROOT, "report:%06d", number);
    }

    String line() {
        return String.format(
                ROOT,
                "%s,%d,%d,%d,%d,%d,%.1f,%.1f",
                contender,
                locks,
                held.count(),
                held.bytes(),
                left.count(),
                left.bytes(),
                held.bytesOf(locks),
                left.bytesOf(locks));
    }

    static String table(List<LockFootprint> footprints) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("contender", "keys held", "B held", "keys left", "B left"));
        for (LockFootprint footprint : footprints) {
            rows.add(List.of(
                    footprint.contender(),
                    String.format(ROOT, "%.2f", (double) footprint.held().count() / footprint.locks()),
                    String.format(ROOT, "%,.0f", footprint.held().bytesOf(footprint.locks())),
                    String.format(ROOT, "%.2f", (double) footprint.left().count() / footprint.locks()),
                    String.format(ROOT, "%,.0f", footprint.left().bytesOf(footprint.locks()))));
        }
        return Table.layOut(1, rows);
    }
}
