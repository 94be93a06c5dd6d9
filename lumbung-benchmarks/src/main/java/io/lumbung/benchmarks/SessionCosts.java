package io.lumbung.benchmarks;

import static java.util.Locale.ROOT;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What is done with sessions, by one caller on a server and a link that nobody else uses, and what that takes.
 *
 * @param roundTrips how many times the caller waits for the server, one after the other
 * @param calls how many commands the client sends
 * @param commands how many commands the server executes, those that scripts call included, by name
 */
record SessionCosts(String contender, String operation, long roundTrips, long calls, Map<String, Long> commands) {

    static final String COLUMNS = "contender,operation,round_trips,calls,server_commands,by_name";

    private static final int TRIES = 3;
    /** So long that all else a call takes is small beside it, so short that a thousand of them can be waited for. */
    private static final Duration LATENCY = Duration.ofMillis(20);
    /** Whoever waits as often as this is not measured again: what else it takes no longer matters. */
    private static final int OFTEN = 50;

    private static final Pattern STATISTIC = Pattern.compile("cmdstat_([^:]+):calls=(\\d+),.*");
    /** What clients and this class send of themselves. */
    private static final Set<String> NOT_COUNTED = Set.of("ping", "info", "config", "hello", "client");

    SessionCosts {
        commands = new TreeMap<>(commands);
    }

    private static List<Operation> operations(SessionContender contender) {
        List<Operation> all = new ArrayList<>(List.of(
                new Operation("create", contender::create, (id, who) -> contender.create(who)),
                new Operation("request", contender::create, (id, who) -> contender.use(id)),
                new Operation(
                        "request, one change", contender::create, (id, who) -> contender.change(id, "locale", "fr-CH")),
                new Operation(
                        "request, login",
                        who -> contender.arrive(who.attributes()),
                        (id, who) -> contender.login(id, who)),
                new Operation("request, logout", contender::create, (id, who) -> contender.logout(id))));
        if (contender.findsByUser()) {
            all.add(new Operation(
                    "list of 100", who -> hundred(contender, who), (id, who) -> contender.list(who.user())));
            all.add(new Operation(
                    "end of all 100", who -> hundred(contender, who), (id, who) -> contender.destroyAll(who.user())));
        }
        return all;
    }

    private static String hundred(SessionContender contender, Visitor visitor) throws Exception {
        Crowd.run(100, i -> contender.create(visitor));
        return "";
    }

    /**
     * Something that is done with a session.
     *
     * @param before makes what is there before, and answers what finds it
     */
    private record Operation(String name, Before before, Act act) {

        @FunctionalInterface
        interface Before {
            String make(Visitor visitor) throws Exception;
        }

        @FunctionalInterface
        interface Act {
            void on(String id, Visitor visitor) throws Exception;
        }
    }

    /** All that this contender can do, each on a user nobody has seen before. */
    static List<SessionCosts> of(Entrant<SessionContender> entrant) throws Exception {
        try (var server = RedisServer.builder().inMemoryOnly().start();
                var link = FaultProxy.inFrontOf(server);
                var client = RedisClient.create(RedisURI.create(server.url()));
                var contender = entrant.opener().open(Servers.at(URI.create(link.url())), 1)) {
            SessionProof.demand(contender);
            var commands = client.connect().sync();
            List<SessionCosts> all = new ArrayList<>();
            for (Operation operation : operations(contender)) {
                SessionCosts least = null;
                for (Visitor visitor : Visitor.of(TRIES)) {
                    commands.flushall();
                    String id = operation.before().make(visitor);
                    var cost = measured(entrant.name(), operation, id, visitor, link, commands);
                    if (least == null || cost.roundTrips() < least.roundTrips()) {
                        least = cost;
                    }
                    if (least.roundTrips() > OFTEN) {
                        break;
                    }
                }
                all.add(least);
            }
            return all;
        }
    }

    private static SessionCosts measured(
            String contender,
            Operation operation,
            String id,
            Visitor visitor,
            FaultProxy link,
            RedisCommands<String, String> commands)
            throws Exception {
        link.forgetCommands();
        commands.configResetstat();
        link.delay(LATENCY);
        long start = System.nanoTime();
        try {
            operation.act().on(id, visitor);
        } finally {
            link.delay(Duration.ZERO);
        }
        // No reply comes sooner, so there were not more.
        long waits = (System.nanoTime() - start) / LATENCY.toNanos();
        long calls = link.commands().stream()
                .filter(name -> !NOT_COUNTED.contains(name.toLowerCase(ROOT)))
                .count();
        // Nor can there be more than calls, of which each takes a little more than the latency.
        return new SessionCosts(contender, operation.name(), Math.min(waits, calls), calls, executed(commands));
    }

    private static Map<String, Long> executed(RedisCommands<String, String> commands) {
        Map<String, Long> all = new TreeMap<>();
        commands.info("commandstats").lines().map(STATISTIC::matcher).forEach(line -> {
            if (line.matches() && !NOT_COUNTED.contains(line.group(1).replaceAll("\\|.*", ""))) {
                all.put(line.group(1), Long.parseLong(line.group(2)));
            }
        });
        return all;
    }

    private long executed() {
        return commands.values().stream().mapToLong(Long::longValue).sum();
    }

    String line() {
        var names = new StringBuilder();
        commands.forEach((name, count) -> names.append(names.isEmpty() ? "" : " ")
                .append(count)
                .append('x')
                .append(name));
        return String.format(
                ROOT, "%s,%s,%d,%d,%d,%s", contender, operation.replace(",", ""), roundTrips, calls, executed(), names);
    }

    static String table(List<SessionCosts> costs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("contender", "operation", "round trips", "calls", "server commands"));
        for (SessionCosts cost : costs) {
            rows.add(List.of(
                    cost.contender(),
                    cost.operation(),
                    Long.toString(cost.roundTrips()),
                    Long.toString(cost.calls()),
                    Long.toString(cost.executed())));
        }
        return Table.layOut(2, rows);
    }
}
