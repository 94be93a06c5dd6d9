package io.lumbung;

import io.lumbung.embedded.RedisCluster;

/** One Cluster for all contracts of a test JVM; it ends with the JVM. Whoever breaks it starts one of their own. */
public final class SharedCluster {
    private SharedCluster() {}

    /** Where it is; started when it is first asked for. */
    public static String url() {
        return Started.CLUSTER.url();
    }

    private static final class Started {
        static final RedisCluster CLUSTER = RedisCluster.start();
    }
}
