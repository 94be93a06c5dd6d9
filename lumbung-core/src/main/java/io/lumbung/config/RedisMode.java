package io.lumbung.config;

/** How the servers behind an address work together. */
public enum RedisMode {
    /** Ask the server: standalone or Cluster. */
    AUTO,
    /** One server. */
    STANDALONE,
    /** One primary, found by asking Sentinels for it. */
    SENTINEL,
    /** A Cluster, found through any of its nodes. */
    CLUSTER
}
