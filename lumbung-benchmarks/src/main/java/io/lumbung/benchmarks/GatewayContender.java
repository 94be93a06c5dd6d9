package io.lumbung.benchmarks;

import static io.lumbung.benchmarks.SharedConnection.bytes;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The script of Spring Cloud Gateway's RedisRateLimiter, taken from its jar and sent without the gateway; once for each
 * limit, all at once, not all or nothing. It counts in whole seconds and whole tokens a second, so a limit of less than
 * one permit a second is a higher price per request, as its manual says, and a window of less than a second is widened.
 */
final class GatewayContender implements LimitContender {

    private static final String SCRIPT = "/META-INF/scripts/request_rate_limiter.lua";

    private final SharedConnection connection;
    private final String sha;
    private final String prefix;
    private final List<byte[][]> arguments;

    GatewayContender(URI redis, String name, Quota quota) throws Exception {
        connection = new SharedConnection(redis);
        sha = SharedConnection.await(connection.commands().scriptLoad(script()));
        prefix = "request_rate_limiter.{" + name + ".";
        arguments = quota.windows().stream()
                .map(window -> arguments(quota.permits(), window))
                .toList();
    }

    private static String script() throws IOException {
        try (InputStream file = GatewayContender.class.getResourceAsStream(SCRIPT)) {
            if (file == null) {
                throw new IllegalStateException("no " + SCRIPT + " on the class path");
            }
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Tokens a second, the most that can be had at once, no time so that the server's counts, tokens per request. */
    private static byte[][] arguments(long permits, Duration window) {
        double perSecond = permits * 1e3 / window.toMillis();
        long rate = Math.max(1, (long) Math.ceil(perSecond));
        long price = Math.max(1, (long) Math.floor(1 / perSecond));
        long most = Math.max(permits * price, rate);
        return new byte[][] {
            bytes(Long.toString(rate)), bytes(Long.toString(most)), bytes(""), bytes(Long.toString(price))
        };
    }

    @Override
    public boolean admits(String subject) throws Exception {
        List<RedisFuture<List<Long>>> sent = new ArrayList<>(arguments.size());
        for (int i = 0; i < arguments.size(); i++) {
            String id = prefix + (i == 0 ? "" : i + ".") + subject;
            byte[][] keys = {bytes(id + "}.tokens"), bytes(id + "}.timestamp")};
            sent.add(connection.commands().evalsha(sha, ScriptOutputType.MULTI, keys, arguments.get(i)));
        }
        boolean all = true;
        for (RedisFuture<List<Long>> reply : sent) {
            all &= SharedConnection.await(reply).get(0) == 1;
        }
        return all;
    }

    @Override
    public void close() {
        connection.close();
    }
}
