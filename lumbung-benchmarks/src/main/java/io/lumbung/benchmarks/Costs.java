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
import java.util.concurrent.TimeUnit;

/**
 * What is done by one caller on a server and a link that nobody else uses, and what that takes.
 *
 * @param roundTrips how many times the caller waits for the server, one after the other
 * @param calls how many commands the client sends
 * @param commands what the server executes
 */
record Costs(String contender, String operation, long roundTrips, long calls, ExecutedCommands commands) {

    static final String COLUMNS = "contender,operation,round_trips,calls,server_commands,by_name";
    static final int TRIES = 3;

    /** So long that all else a call takes is small beside it, so short that a thousand of them can be waited for. */
    private static final Duration LATENCY = Duration.ofMillis(20);
    /** Whoever waits as often as this is not measured again: what else it takes no longer matters. */
    private static final int OFTEN = 50;

    /** Something that is done. */
    record Operation(String name, Preparation preparation) {

        /** Makes what is there before, on a server that is empty. */
        @FunctionalInterface
        interface Preparation {
            /**
             * Makes it.
             *
             * @param attempt from 0 to {@link #TRIES}
             */
            Act ready(int attempt) throws Exception;
        }

        /** What is measured. */
        @FunctionalInterface
        interface Act {
            void run() throws Exception;
        }
    }

    /**
     * What a contender can do, as soon as it has proved that it does it.
     *
     * @param <C> who
     */
    @FunctionalInterface
    interface Operations<C extends AutoCloseable> {
        List<Operation> of(C contender) throws Exception;
    }

    /** A contender's operations on a server of its own, each the best of some attempts. */
    static <C extends AutoCloseable> List<Costs> of(Entrant<C> entrant, Operations<C> operations) throws Exception {
        try (var server = RedisServer.builder().inMemoryOnly().start();
                var link = FaultProxy.inFrontOf(server);
                var client = RedisClient.create(RedisURI.create(server.url()));
                var contender = entrant.opener().open(Servers.at(URI.create(link.url())), 1)) {
            var commands = client.connect().sync();
            List<Costs> all = new ArrayList<>();
            for (Operation operation : operations.of(contender)) {
                all.add(leastOf(entrant.name(), operation, link, commands));
            }
            return all;
        }
    }

    private static Costs leastOf(
            String contender, Operation operation, FaultProxy link, RedisCommands<String, String> commands)
            throws Exception {
        var least = measured(contender, operation, 0, link, commands);
        for (int attempt = 1; attempt < TRIES && least.roundTrips() <= OFTEN; attempt++) {
            var cost = measured(contender, operation, attempt, link, commands);
            least = cost.roundTrips() < least.roundTrips() ? cost : least;
        }
        return least;
    }

    private static Costs measured(
            String contender, Operation operation, int attempt, FaultProxy link, RedisCommands<String, String> commands)
            throws Exception {
        commands.flushall();
        var act = operation.preparation().ready(attempt);
        settle(link);
        link.forgetCommands();
        commands.configResetstat();
        link.delay(LATENCY);
        long start = System.nanoTime();
        try {
            act.run();
        } finally {
            link.delay(Duration.ZERO);
        }
        // No reply comes sooner, so there were not more.
        long waits = (System.nanoTime() - start) / LATENCY.toNanos();
        settle(link);
        long calls = link.commands().stream().filter(ExecutedCommands::counts).count();
        // Nor can there be more than calls, of which each takes a little more than the latency.
        return new Costs(contender, operation.name(), Math.min(waits, calls), calls, ExecutedCommands.of(commands));
    }

    // Some clients send what nobody waits for.
    private static void settle(FaultProxy link) throws InterruptedException {
        int last = -1;
        for (int now = link.commands().size();
                now != last;
                now = link.commands().size()) {
            last = now;
            TimeUnit.NANOSECONDS.sleep(LATENCY.toNanos());
        }
    }

    String line() {
        return String.format(
                ROOT,
                "%s,%s,%d,%d,%d,%s",
                contender,
                operation.replace(",", ""),
                roundTrips,
                calls,
                commands.total(),
                commands);
    }

    static String table(List<Costs> costs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("contender", "operation", "round trips", "calls", "server commands"));
        for (Costs cost : costs) {
            rows.add(List.of(
                    cost.contender(),
                    cost.operation(),
                    Long.toString(cost.roundTrips()),
                    Long.toString(cost.calls()),
                    Long.toString(cost.commands().total())));
        }
        return Table.layOut(2, rows);
    }
}
