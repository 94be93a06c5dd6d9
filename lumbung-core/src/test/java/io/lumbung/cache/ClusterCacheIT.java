package io.lumbung.cache;

import io.lumbung.Servers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ClusterCacheIT implements CacheContract {
    private static CacheBench here;
    private static CacheBench there;

    @BeforeAll
    static void start() {
        here = CacheBench.at(Servers.cluster().url());
        there = CacheBench.at(Servers.cluster().url());
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
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
