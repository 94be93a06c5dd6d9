package io.lumbung.session;

import io.lumbung.Servers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class SentinelSessionIT implements SessionContract {
    private static SessionBench here;
    private static SessionBench there;

    @BeforeAll
    static void start() {
        here = SessionBench.at(Servers.sentinel().url());
        there = SessionBench.at(Servers.sentinel().url());
    }

    @AfterAll
    static void stop() {
        here.close();
        there.close();
    }

    @Override
    public SessionBench here() {
        return here;
    }

    @Override
    public SessionBench there() {
        return there;
    }
}
