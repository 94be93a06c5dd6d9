package io.lumbung.session;

import io.lumbung.Servers;
import io.lumbung.embedded.fault.FaultProxy;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class StandaloneSessionIT implements SessionContract, CutRepliesContract {
    private static SessionBench here;
    private static SessionBench there;

    @BeforeAll
    static void start() {
        here = SessionBench.at(Servers.standaloneProxy().url());
        there = SessionBench.at(Servers.standaloneProxy().url());
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

    @Override
    public List<FaultProxy> ways() {
        return List.of(Servers.standaloneProxy());
    }
}
