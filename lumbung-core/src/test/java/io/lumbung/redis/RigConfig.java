package io.lumbung.redis;

import io.lumbung.config.LumbungConfig;
import io.lumbung.config.RedisConfig;

/** Configurations for tests. */
final class RigConfig {
    private RigConfig() {}

    static RedisConfig at(String url) {
        return LumbungConfig.builder().url(url).build().redis();
    }

    static RedisConfig withoutRetries(RedisConfig c) {
        return new RedisConfig(
                c.mode(),
                c.nodes(),
                c.sentinelMaster(),
                c.username(),
                c.password(),
                c.sentinelUsername(),
                c.sentinelPassword(),
                c.db(),
                c.tls(),
                0,
                c.poolSize(),
                c.minIdleConns(),
                c.readTimeout(),
                c.writeTimeout(),
                c.connectTimeout(),
                c.startTimeout(),
                c.requiredAtStart());
    }
}
