package io.lumbung.benchmarks;

import io.lettuce.core.RedisFuture;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The script once for each limit, all sent at once and awaited together. Not all or nothing: what one limit refuses the
 * others have taken.
 */
final class ApartContender implements LimitContender {

    private final SharedConnection connection;
    private final List<ScriptContender> limits = new ArrayList<>();

    ApartContender(URI redis, String name, Algorithm algorithm, Quota quota) throws Exception {
        connection = new SharedConnection(redis);
        for (Duration window : quota.windows()) {
            var one = new Quota(quota.permits(), window, 1);
            limits.add(new ScriptContender(connection, name + limits.size(), algorithm, one));
        }
    }

    @Override
    public boolean admits(String subject) throws Exception {
        List<RedisFuture<List<Long>>> sent = new ArrayList<>(limits.size());
        for (ScriptContender limit : limits) {
            sent.add(limit.send(subject));
        }
        boolean all = true;
        for (RedisFuture<List<Long>> reply : sent) {
            all &= ScriptContender.isTaken(SharedConnection.await(reply));
        }
        return all;
    }

    @Override
    public void close() {
        connection.close();
    }
}
