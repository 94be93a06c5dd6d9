package io.lumbung;

import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.embedded.fault.ProxiedCluster;

/**
 * The servers that all contracts of one test JVM share, behind proxies that forward as long as nobody tells them
 * otherwise. They start when they are first asked for and end with the JVM. Tests that hurt a server start their own.
 */
public final class Servers {
    private Servers() {}

    /** The one server. */
    public static RedisServer standalone() {
        return Standalone.SERVER;
    }

    /** The way to the one server. */
    public static FaultProxy standaloneProxy() {
        return Standalone.PROXY;
    }

    /** The one Cluster. */
    public static ProxiedCluster cluster() {
        return Cluster.CLUSTER;
    }

    private static final class Standalone {
        static final RedisServer SERVER = RedisServer.builder().inMemoryOnly().start();
        static final FaultProxy PROXY = FaultProxy.inFrontOf(SERVER);
    }

    private static final class Cluster {
        static final ProxiedCluster CLUSTER = ProxiedCluster.start();
    }
}
