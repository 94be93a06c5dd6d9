package io.lumbung;

import io.lumbung.embedded.RedisSentinel;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.embedded.fault.ProxiedCluster;
import java.time.Duration;

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

    /** The one set of a master, its replicas and the Sentinels that watch them; without proxies. */
    public static RedisSentinel sentinel() {
        return Sentinel.SENTINEL;
    }

    private static final class Standalone {
        static final RedisServer SERVER = RedisServer.builder().inMemoryOnly().start();
        static final FaultProxy PROXY = FaultProxy.inFrontOf(SERVER);
    }

    private static final class Cluster {
        static final ProxiedCluster CLUSTER = ProxiedCluster.start();
    }

    private static final class Sentinel {
        // Nobody hurts it, so a busy machine must not look like a dead master.
        static final RedisSentinel SENTINEL =
                RedisSentinel.builder().downAfter(Duration.ofSeconds(30)).start();
    }
}
