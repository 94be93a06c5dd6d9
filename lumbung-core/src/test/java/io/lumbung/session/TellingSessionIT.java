package io.lumbung.session;

import io.lumbung.Servers;
import io.lumbung.embedded.fault.FaultProxy;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The same holds when it is noted when sessions die. */
class TellingSessionIT implements SessionContract, CutRepliesContract {
    private static SessionBench here;
    private static SessionBench there;

    @BeforeAll
    static void start() {
        here = SessionBench.telling(Servers.cluster().url());
        there = SessionBench.telling(Servers.cluster().url());
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
        return Servers.cluster().proxies();
    }
}
