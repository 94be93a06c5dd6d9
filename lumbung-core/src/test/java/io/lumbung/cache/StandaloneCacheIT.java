package io.lumbung.cache;

import io.lumbung.embedded.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class StandaloneCacheIT implements CacheContract {
    private static RedisServer server;
    private static CacheBench here;
    private static CacheBench there;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
        here = CacheBench.at(server.url());
        there = CacheBench.at(server.url());
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
        server.close();
    }

    @Override
    public CacheBench here() {
        return here;
    }

    @Override
    public CacheBench there() {
        return there;
    }
}
