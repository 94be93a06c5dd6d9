package io.lumbung;

import io.lumbung.embedded.RedisCluster;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The servers that all contracts of one test JVM share, each behind a proxy that forwards as long as nobody tells it
 * otherwise. They end with the JVM. Tests that hurt a server itself start their own.
 */
public final class Servers {
    private static @Nullable RedisServer standalone;
    private static @Nullable FaultProxy standaloneProxy;
    private static @Nullable RedisCluster cluster;
    private static final Map<RedisServer, FaultProxy> CLUSTER_PROXIES = new ConcurrentHashMap<>();

    private Servers() {}

    /** The one server. */
    public static synchronized RedisServer standalone() {
        if (standalone == null) {
            standalone = RedisServer.start();
        }
        return standalone;
    }

    /** The way to the one server. */
    public static synchronized FaultProxy standaloneProxy() {
        if (standaloneProxy == null) {
            standaloneProxy = FaultProxy.inFrontOf(standalone());
        }
        return standaloneProxy;
    }

    /** The one Cluster; its nodes announce their proxies. */
    public static synchronized RedisCluster cluster() {
        if (cluster == null) {
            cluster = RedisCluster.builder()
                    .announce(node -> {
                        FaultProxy proxy = FaultProxy.inFrontOf(node);
                        CLUSTER_PROXIES.put(node, proxy);
                        return proxy.port();
                    })
                    .start();
        }
        return cluster;
    }

    /** The way to one node of the Cluster. */
    public static FaultProxy proxyOf(RedisServer node) {
        FaultProxy proxy = CLUSTER_PROXIES.get(node);
        if (proxy == null) {
            throw new IllegalArgumentException(node + " is no node of the shared Cluster");
        }
        return proxy;
    }

    /** The ways to all nodes of the Cluster. */
    public static List<FaultProxy> clusterProxies() {
        cluster();
        return new ArrayList<>(CLUSTER_PROXIES.values());
    }
}
