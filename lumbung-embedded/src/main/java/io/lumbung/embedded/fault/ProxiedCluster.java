package io.lumbung.embedded.fault;

import io.lumbung.embedded.RedisCluster;
import io.lumbung.embedded.RedisServer;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link RedisCluster} with a {@link FaultProxy} in front of every node.
 *
 * <p>The nodes announce the proxies' ports, so a client that was given {@link #url()} only ever goes through the proxies,
 * redirections included. So does the copying from masters to replicas; the nodes' gossip does not.
 */
public final class ProxiedCluster implements AutoCloseable {
    private final RedisCluster cluster;
    private final List<FaultProxy> proxies;

    private ProxiedCluster(RedisCluster cluster, List<FaultProxy> proxies) {
        this.cluster = cluster;
        this.proxies = List.copyOf(proxies);
    }

    /** Starts a cluster on free ports without a password. */
    public static ProxiedCluster start() {
        return start(RedisCluster.builder());
    }

    /** Starts the cluster described, which must neither have TLS nor announce ports of its own. */
    public static ProxiedCluster start(RedisCluster.Builder description) {
        List<FaultProxy> proxies = new ArrayList<>();
        boolean done = false;
        try {
            RedisCluster cluster = description
                    .announce(server -> {
                        FaultProxy proxy = FaultProxy.inFrontOf(server);
                        proxies.add(proxy);
                        return proxy.port();
                    })
                    .start();
            done = true;
            return new ProxiedCluster(cluster, proxies);
        } finally {
            if (!done) {
                proxies.forEach(FaultProxy::close);
            }
        }
    }

    /** The cluster behind the proxies. */
    public RedisCluster cluster() {
        return cluster;
    }

    /** Where a client may start: a living node, through its proxy. */
    public String url() {
        return cluster.url();
    }

    /** The proxies, in the order of {@link RedisCluster#nodes()}. */
    public List<FaultProxy> proxies() {
        return proxies;
    }

    /** The proxy in front of the n-th of {@link RedisCluster#nodes()}. */
    public FaultProxy proxy(int n) {
        return proxies.get(n);
    }

    /** The proxy in front of this node of {@link #cluster()}. */
    public FaultProxy proxyOf(RedisServer node) {
        return proxies.get(cluster.nodes().indexOf(node));
    }

    /** How many commands of this name went over the wire to all nodes together; see {@link FaultProxy#count}. */
    public long count(String command) {
        return proxies.stream().mapToLong(proxy -> proxy.count(command)).sum();
    }

    /** Ends every fault at every node; see {@link FaultProxy#heal}. */
    public void heal() {
        proxies.forEach(FaultProxy::heal);
    }

    /** Ends proxies and nodes. Idempotent. */
    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
        cluster.close();
    }
}
