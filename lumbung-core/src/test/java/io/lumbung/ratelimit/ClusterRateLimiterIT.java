package io.lumbung.ratelimit;

import io.lumbung.Servers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ClusterRateLimiterIT implements RateLimiterContract {
    private static LimiterBench here;
    private static LimiterBench there;

    @BeforeAll
    static void start() {
        here = LimiterBench.at(Servers.cluster().url()).listening();
        there = LimiterBench.at(Servers.cluster().url()).listening();
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
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
