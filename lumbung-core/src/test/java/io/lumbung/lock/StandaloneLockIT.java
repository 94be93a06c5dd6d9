package io.lumbung.lock;

import io.lumbung.Servers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class StandaloneLockIT implements LockContract, SharedLockContract {
    private static LockBench here;
    private static LockBench there;

    @BeforeAll
    static void start() {
        here = LockBench.at(Servers.standaloneProxy().url());
        there = LockBench.at(Servers.standaloneProxy().url());
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
    }

    @Override
    public LockBench here() {
        return here;
    }

    @Override
    public LockBench there() {
        return there;
    }
}
