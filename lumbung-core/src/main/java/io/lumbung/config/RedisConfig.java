package io.lumbung.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One Redis: where it is, who we are there, and how hard we try.
 *
 * @param nodes the server; several are seeds of a Cluster or the Sentinels
 * @param sentinelMaster the primary's name, exactly if {@code mode} is {@link RedisMode#SENTINEL}
 * @param username the ACL user; needs a password
 * @param sentinelUsername the user at the Sentinels; needs a password
 * @param db 0 on a Cluster
 * @param maxRetries how often a call that is safe to repeat is repeated
 * @param poolSize the most multiplexed data connections to a node
 * @param minIdleConns how many of them are opened at start
 * @param readTimeout the outer bound of waiting for a reply
 * @param writeTimeout the outer bound of handing a command to the network
 * @param requiredAtStart whether start-up stops if Redis does not answer
 */
public record RedisConfig(
        RedisMode mode,
        List<HostPort> nodes,
        Optional<String> sentinelMaster,
        Optional<String> username,
        Secret password,
        Optional<String> sentinelUsername,
        Secret sentinelPassword,
        int db,
        TlsConfig tls,
        int maxRetries,
        int poolSize,
        int minIdleConns,
        Duration readTimeout,
        Duration writeTimeout,
        Duration connectTimeout,
        Duration startTimeout,
        boolean requiredAtStart) {
    public RedisConfig {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(password, "password");
        Objects.requireNonNull(sentinelPassword, "sentinelPassword");
        Objects.requireNonNull(tls, "tls");
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new ConfigException(Settings.URL.property(), null, "it names no server", "Name at least one host");
        }
        if (nodes.size() > 1 && mode == RedisMode.STANDALONE) {
            throw new ConfigException(
                    Settings.MODE.property(),
                    "'standalone'",
                    "there are several hosts: " + addresses(nodes),
                    "Name one host, or set " + Settings.MODE.property() + "=cluster");
        }
        if (mode == RedisMode.SENTINEL && sentinelMaster.isEmpty()) {
            throw new ConfigException(
                    Settings.MODE.property(),
                    "'sentinel'",
                    "the primary's name is not known",
                    "Use a URL such as redis-sentinel://host:26379#mymaster");
        }
        if (mode != RedisMode.SENTINEL && sentinelMaster.isPresent()) {
            throw new ConfigException(
                    Settings.MODE.property(),
                    Shown.plain(Resolution.lower(mode)),
                    "the address is that of Sentinels",
                    "Remove " + Settings.MODE.property() + ", or use a redis:// URL");
        }
        if (username.isPresent() && password.isEmpty()) {
            throw noPassword(Settings.USERNAME.property(), null);
        }
        if (sentinelUsername.isPresent() && sentinelPassword.isEmpty()) {
            throw new ConfigException(
                    Settings.SENTINEL_USERNAME.property(),
                    null,
                    "there is a user name and no password",
                    "Set " + Settings.SENTINEL_PASSWORD.property());
        }
        Settings.DB.require(db);
        if (mode == RedisMode.CLUSTER && db != 0) {
            // The server's answer came after the names its author used were forgotten, so both are given.
            throw clusterDb(
                    Settings.DB.property() + " (" + Settings.DB.variable().orElseThrow() + ")", "'" + db + "'");
        }
        Settings.MAX_RETRIES.require(maxRetries);
        Settings.POOL_SIZE.require(poolSize);
        Settings.MIN_IDLE_CONNS.require(minIdleConns);
        if (minIdleConns > poolSize) {
            throw tooManyIdle(
                    Settings.MIN_IDLE_CONNS.property(), minIdleConns, Settings.POOL_SIZE.property(), poolSize);
        }
        Settings.READ_TIMEOUT.require(readTimeout);
        Settings.WRITE_TIMEOUT.require(writeTimeout);
        Settings.CONNECT_TIMEOUT.require(connectTimeout);
        Settings.START_TIMEOUT.require(startTimeout);
    }

    static ConfigException noPassword(String setting, @Nullable String shown) {
        return new ConfigException(
                setting,
                shown,
                "there is a user name and no password",
                "Set REDIS_PASSWORD or lumbung.redis.password; in a URL a password alone is written"
                        + " redis://:password@host");
    }

    static ConfigException clusterDb(String setting, String shown) {
        return new ConfigException(
                setting, shown, "a Redis Cluster has only database 0", "Set the database to 0, or remove it");
    }

    static ConfigException tooManyIdle(String setting, int minIdle, String poolSetting, int poolSize) {
        return new ConfigException(
                setting,
                "'" + minIdle + "'",
                "it is more than the pool size, " + poolSetting + "=" + poolSize,
                "Lower it to " + poolSize + ", or raise the pool size to " + minIdle);
    }

    /** The host of the first node. */
    public String host() {
        return nodes.get(0).host();
    }

    /** The port of the first node. */
    public int port() {
        return nodes.get(0).port();
    }

    /** All nodes as {@code host:port,host:port}, for messages. */
    public String address() {
        return addresses(nodes);
    }

    /**
     * The same in another mode, once the server has said which it is.
     *
     * @throws ConfigException if that mode and this address or database do not go together
     */
    public RedisConfig withMode(RedisMode other) {
        return copy(other, nodes);
    }

    /** The same on other nodes. */
    public RedisConfig withNodes(List<HostPort> others) {
        return copy(mode, others);
    }

    private RedisConfig copy(RedisMode newMode, List<HostPort> newNodes) {
        return new RedisConfig(
                newMode,
                newNodes,
                sentinelMaster,
                username,
                password,
                sentinelUsername,
                sentinelPassword,
                db,
                tls,
                maxRetries,
                poolSize,
                minIdleConns,
                readTimeout,
                writeTimeout,
                connectTimeout,
                startTimeout,
                requiredAtStart);
    }

    private static String addresses(List<HostPort> nodes) {
        return nodes.stream().map(HostPort::toString).collect(Collectors.joining(","));
    }
}
