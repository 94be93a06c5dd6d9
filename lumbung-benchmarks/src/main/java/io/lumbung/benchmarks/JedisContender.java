package io.lumbung.benchmarks;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.params.SetParams;

/** Jedis with a connection for each of up to 64 callers: with a thousand it gets slower, not faster. */
final class JedisContender implements Contender {

    private final RedisClient client;

    JedisContender(URI redis, int callers) {
        var pool = new ConnectionPoolConfig();
        int connections = Math.min(callers, 64);
        pool.setMaxTotal(connections);
        pool.setMaxIdle(connections);
        pool.setTestWhileIdle(false);
        pool.setJmxEnabled(false);
        client = RedisClient.builder()
                .hostAndPort(redis.getHost(), redis.getPort())
                .clientConfig(DefaultJedisClientConfig.builder()
                        .protocol(RedisProtocol.RESP3)
                        .build())
                .poolConfig(pool)
                .build();
    }

    @Override
    public void warm(String key, String value) {
        client.set("jedis:" + key, value, SetParams.setParams().ex(3600));
    }

    @Override
    public @Nullable String read(String key) {
        return client.get("jedis:" + key);
    }

    @Override
    public void close() {
        client.close();
    }
}
