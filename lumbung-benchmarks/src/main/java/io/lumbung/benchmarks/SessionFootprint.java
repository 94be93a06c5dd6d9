package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.util.ArrayList;
import java.util.List;

/**
 * What sessions cost in the memory of a server that holds nothing else, all keys included, one session of each user.
 *
 * @param keys how many keys there are
 * @param keyBytes what MEMORY USAGE says of them, all of their elements looked at
 * @param before bytes in use before the first of them
 * @param after bytes in use when they were there and whoever brought them was gone
 */
record SessionFootprint(String contender, int sessions, long keys, long keyBytes, long before, long after) {

    static final String COLUMNS = "contender,sessions,keys,memory_usage_of_keys,used_memory_before,used_memory_after,"
            + "keys_per_session,memory_usage_per_session,used_memory_per_session";

    /** Measures on a server of its own. */
    static SessionFootprint of(Entrant<SessionContender> entrant, List<Visitor> visitors) throws Exception {
        try (var servers = new Servers();
                var client = RedisClient.create(RedisURI.create(servers.redis()))) {
            var commands = client.connect().sync();
            long before = Footprint.quiet(commands);
            try (var contender = entrant.opener().open(servers, Crowd.CALLERS)) {
                Crowd.run(visitors.size(), i -> contender.create(visitors.get(i)));
            }
            long after = Footprint.quiet(commands);
            return new SessionFootprint(
                    entrant.name(), visitors.size(), commands.dbsize(), Footprint.usage(commands), before, after);
        }
    }

    double keysPerSession() {
        return (double) keys / sessions;
    }

    double keyBytesPerSession() {
        return (double) keyBytes / sessions;
    }

    double bytesPerSession() {
        return (double) (after - before) / sessions;
    }

    String line() {
        return String.format(
                ROOT,
                "%s,%d,%d,%d,%d,%d,%.2f,%.1f,%.1f",
                contender,
                sessions,
                keys,
                keyBytes,
                before,
                after,
                keysPerSession(),
                keyBytesPerSession(),
                bytesPerSession());
    }

    static String table(List<SessionFootprint> footprints) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("contender", "keys/session", "B/session, MEMORY USAGE", "B/session, used_memory"));
        for (SessionFootprint footprint : footprints) {
            rows.add(List.of(
                    footprint.contender(),
                    String.format(ROOT, "%.2f", footprint.keysPerSession()),
                    String.format(ROOT, "%,.0f", footprint.keyBytesPerSession()),
                    String.format(ROOT, "%,.0f", footprint.bytesPerSession())));
        }
        return Table.layOut(1, rows);
    }
}
