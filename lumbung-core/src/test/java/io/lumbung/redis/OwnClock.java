package io.lumbung.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.RespConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A feature's scripts on a real Redis, by a clock that the test moves. The shipped files run unchanged; what they call
 * {@code redis.call} answers TIME from the test's clock, and keeps the expiries in that clock's milliseconds, so that a
 * key lives exactly as long as it would on a server that has this clock, and never goes because real time passes. A key
 * goes when the clock's millisecond is past its expiry, as in Redis.
 *
 * <p>Calls are sent without waiting for replies, which are read in the same order.
 */
public final class OwnClock implements AutoCloseable {
    private final RespConnection connection;
    private final String sha;

    /**
     * @param owner the class the scripts are beside
     * @param change what is done to the scripts, by name and text; nothing to try what is shipped
     */
    public OwnClock(RedisServer server, Class<?> owner, List<String> scripts, UnaryOperator<Source> change) {
        this.connection = server.connect();
        this.sha = String.valueOf(connection.command("SCRIPT", "LOAD", harness(owner, scripts, change)));
    }

    /** One file. */
    public record Source(String file, String text) {}

    /**
     * What one call did.
     *
     * @param published channel and message, separated by a space
     * @param expiries of its keys, in ms; -1 none, -2 no key
     */
    public record Outcome(
            List<?> reply,
            boolean unchanged,
            long writes,
            long timesAsked,
            List<String> published,
            List<Long> expiries) {
        public long number(int i) {
            return (Long) reply.get(i);
        }
    }

    public void send(String file, boolean look, long now, List<String> keys, List<String> args) {
        List<String> words = new ArrayList<>(List.of("EVALSHA", sha, String.valueOf(keys.size())));
        words.addAll(keys);
        words.addAll(List.of(file, String.valueOf(now), look ? "look" : "go"));
        words.addAll(args);
        connection.send(words.toArray(String[]::new));
    }

    public Outcome read() {
        List<?> parts = (List<?>) Objects.requireNonNull(connection.read());
        List<Long> expiries = new ArrayList<>();
        parts.subList(5, parts.size()).forEach(at -> expiries.add((Long) at));
        return new Outcome(
                parts.get(0) instanceof List<?> list ? list : List.of(parts.get(0)),
                (Long) parts.get(1) == 1,
                (Long) parts.get(2),
                (Long) parts.get(3),
                ((List<?>) parts.get(4)).stream().map(String::valueOf).toList(),
                expiries);
    }

    /** Forgets everything; its reply is read before the next one's. */
    public void clear() {
        connection.command("FLUSHDB");
    }

    @Override
    public void close() {
        connection.close();
    }

    private static String harness(Class<?> owner, List<String> files, UnaryOperator<Source> change) {
        StringBuilder scripts = new StringBuilder("local scripts = {}\n");
        for (String file : files) {
            String text = change.apply(new Source(file, text(owner, file))).text();
            scripts.append("scripts['")
                    .append(file)
                    .append("'] = function(KEYS, ARGV, redis)\n")
                    .append(text)
                    .append("\nend\n");
        }
        String frame = text(OwnClock.class, "by-another-clock.lua");
        assertThat(frame.split("--SCRIPTS", -1)).hasSize(2);
        return frame.replace("--SCRIPTS", scripts);
    }

    /** A script as it is shipped. */
    public static String text(Class<?> owner, String file) {
        return Script.load(owner, file, reply -> reply).source();
    }
}
