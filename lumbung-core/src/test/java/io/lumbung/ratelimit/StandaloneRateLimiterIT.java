package io.lumbung.ratelimit;

import io.lumbung.embedded.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class StandaloneRateLimiterIT implements RateLimiterContract {
    private static RedisServer server;
    private static LimiterBench here;
    private static LimiterBench there;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
        here = LimiterBench.at(server.url()).listening();
        there = LimiterBench.at(server.url()).listening();
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
        server.close();
    }

    @Override
    public LimiterBench here() {
        return here;
    }

    @Override
    public LimiterBench there() {
        return there;
    }
}
