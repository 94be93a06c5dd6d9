package io.lumbung.benchmarks;

import static io.lumbung.benchmarks.SharedConnection.bytes;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * SET NX PX, and a script that deletes the key if the value is still ours: a lock without a fence and without a queue. What
 * everything beyond that costs is the difference.
 */
final class BareLockContender implements LockContender {

    private static final String ACQUIRE = """
            if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
            return 0
            """;
    private static final String RELEASE = """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('DEL', KEYS[1])
            """;

    private final SharedConnection connection;
    private final boolean scripted;
    private final String acquire;
    private final String release;
    private final byte[] ttl = bytes(Long.toString(TTL.toMillis()));
    private final SetArgs ifFree = SetArgs.Builder.nx().px(TTL);
    private final String client = UUID.randomUUID().toString();
    private final AtomicLong taken = new AtomicLong();

    /** @param scripted whether SET NX PX is in a script, too */
    BareLockContender(URI redis, boolean scripted) throws Exception {
        connection = new SharedConnection(redis);
        this.scripted = scripted;
        acquire = SharedConnection.await(connection.commands().scriptLoad(ACQUIRE));
        release = SharedConnection.await(connection.commands().scriptLoad(RELEASE));
    }

    @Override
    public Optional<Held> tryAcquire(String name) throws Exception {
        byte[][] key = {bytes("app:lock:" + name)};
        byte[] owner = bytes(client + ':' + taken.incrementAndGet());
        return isTaken(key, owner) ? Optional.of(() -> release(key, owner)) : Optional.empty();
    }

    private boolean isTaken(byte[][] key, byte[] owner) throws Exception {
        if (!scripted) {
            return SharedConnection.await(connection.commands().set(key[0], owner, ifFree)) != null;
        }
        RedisFuture<Long> reply = connection.commands().evalsha(acquire, ScriptOutputType.INTEGER, key, owner, ttl);
        return SharedConnection.await(reply) == 1;
    }

    private void release(byte[][] key, byte[] owner) throws Exception {
        RedisFuture<Long> reply = connection.commands().evalsha(release, ScriptOutputType.INTEGER, key, owner);
        Held.require(SharedConnection.await(reply) == 1);
    }

    @Override
    public boolean waits() {
        return false;
    }

    @Override
    public Optional<Held> acquire(String name, Duration atMost) {
        throw new UnsupportedOperationException("two bare commands do not wait");
    }

    @Override
    public void close() {
        connection.close();
    }
}
