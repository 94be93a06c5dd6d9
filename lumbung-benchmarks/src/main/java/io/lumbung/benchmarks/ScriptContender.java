package io.lumbung.benchmarks;

import static io.lumbung.benchmarks.SharedConnection.bytes;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.RateLimiter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Lumbung's own script, sent by hand: what is left of it when everything around it is taken away. */
final class ScriptContender implements LimitContender {

    private final SharedConnection connection;
    private final String sha;
    private final String prefix;
    private final List<String> furtherLimits;
    private final byte[][] arguments;

    /** @param name of the limiter whose keys it counts in */
    ScriptContender(URI redis, String name, Algorithm algorithm, Quota quota) throws Exception {
        this(new SharedConnection(redis), name, algorithm, quota);
    }

    /** Over a connection that others use too; whoever is closed first closes it. */
    ScriptContender(SharedConnection connection, String name, Algorithm algorithm, Quota quota) throws Exception {
        this.connection = connection;
        sha = SharedConnection.await(connection.commands().scriptLoad(script()));
        prefix = "app:ratelimit:" + name + ":";
        furtherLimits =
                algorithm.limits(quota).stream().skip(1).map(RateLimit::name).toList();
        arguments = algorithm.arguments(quota);
    }

    private static String script() throws IOException {
        try (InputStream file = RateLimiter.class.getResourceAsStream("take.lua")) {
            if (file == null) {
                throw new IllegalStateException("Lumbung's script is not where it was");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public boolean admits(String subject) throws Exception {
        return isTaken(SharedConnection.await(send(subject)));
    }

    RedisFuture<List<Long>> send(String subject) {
        String first = prefix + subject;
        byte[][] keys = new byte[furtherLimits.size() + 2][];
        keys[0] = bytes(first);
        for (int i = 0; i < furtherLimits.size(); i++) {
            keys[i + 1] = bytes('{' + first + "}:" + furtherLimits.get(i));
        }
        keys[keys.length - 1] = bytes('{' + first + "}:override");
        return connection.commands().evalsha(sha, ScriptOutputType.MULTI, keys, arguments);
    }

    static boolean isTaken(List<Long> reply) {
        return reply.get(0) == 1;
    }

    @Override
    public void close() {
        connection.close();
    }
}
