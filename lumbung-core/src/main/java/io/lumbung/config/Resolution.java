package io.lumbung.config;

import io.lumbung.config.Sources.Level;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds for every setting the value that counts, and puts them together. */
final class Resolution {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.config");
    private static final String SENTINEL_NODES = "spring.data.redis.sentinel.nodes";
    private static final String SENTINEL_MASTER = "spring.data.redis.sentinel.master";
    private static final String CLUSTER_NODES = "spring.data.redis.cluster.nodes";

    private final Sources sources;
    private final @Nullable Address address;

    Resolution(Sources sources) {
        this.sources = sources;
        this.address = address(sources);
    }

    /** Several values in one: a URL, or Spring's lists of nodes. It counts at the level where it was found. */
    private record Address(Level level, String name, String shown, RedisUrl url) {}

    /** A value, the name it was given under, and how messages may repeat its text. */
    private record Found<T>(T value, Level level, String name, String shown) {}

    LumbungConfig config() {
        RedisConfig redis = redis();
        Found<RedisUrl> stateUrl = find(Settings.STATE_URL, null);
        Optional<RedisConfig> state = Optional.ofNullable(stateUrl).map(url -> state(url, redis));
        checkTls(redis, state);
        return new LumbungConfig(
                redis,
                state,
                value(Settings.KEY_PREFIX),
                value(Settings.ON_EVICTION),
                value(Settings.CACHE_TTL),
                value(Settings.SESSION_TTL),
                value(Settings.LOCK_TTL),
                value(Settings.LOCK_MAX_WAIT),
                value(Settings.EVENTS_SOURCE),
                deadlines(redis.readTimeout()));
    }

    private RedisConfig redis() {
        List<HostPort> nodes = nodes();
        RedisMode mode = mode(nodes);
        Optional<Found<String>> username = username();
        Secret password = optional(Settings.PASSWORD, RedisUrl::password).orElse(Secret.none());
        if (username.isPresent() && password.isEmpty()) {
            throw RedisConfig.noPassword(username.get().name(), username.get().shown());
        }
        Found<Integer> poolSize = findOrDefault(Settings.POOL_SIZE, null);
        return new RedisConfig(
                mode,
                nodes,
                Optional.ofNullable(address).map(known -> known.url().sentinelMaster()),
                username.map(Found::value),
                password,
                optional(Settings.SENTINEL_USERNAME, url -> null),
                optional(Settings.SENTINEL_PASSWORD, url -> null).orElse(Secret.none()),
                db(mode),
                tls(findOrDefault(Settings.TLS, url -> url.tls() ? Boolean.TRUE : null)
                        .value()),
                value(Settings.MAX_RETRIES),
                poolSize.value(),
                minIdleConns(poolSize),
                value(Settings.READ_TIMEOUT),
                value(Settings.WRITE_TIMEOUT),
                value(Settings.CONNECT_TIMEOUT),
                value(Settings.START_TIMEOUT),
                value(Settings.REQUIRED_AT_START));
    }

    /** The second server: its URL says where and as whom, the rest is as for the first. */
    private RedisConfig state(Found<RedisUrl> found, RedisConfig first) {
        RedisUrl url = found.value();
        RedisMode mode = impliedMode(url.sentinelMaster() != null, url.nodes());
        int db = url.db() == null ? 0 : url.db();
        if (mode == RedisMode.CLUSTER && db != 0) {
            throw RedisConfig.clusterDb(found.name(), found.shown());
        }
        Optional<String> username = Optional.ofNullable(url.username()).filter(text -> !text.isEmpty());
        Secret password = url.password() == null ? Secret.none() : url.password();
        if (username.isPresent() && password.isEmpty()) {
            throw new ConfigException(
                    found.name(),
                    found.shown(),
                    "there is a user name and no password",
                    "Write redis://user:password@host, or redis://:password@host for a password alone");
        }
        return new RedisConfig(
                mode,
                url.nodes(),
                Optional.ofNullable(url.sentinelMaster()),
                username,
                password,
                first.sentinelUsername(),
                first.sentinelPassword(),
                db,
                tls(url.tls() || Boolean.TRUE.equals(value(Settings.TLS))),
                first.maxRetries(),
                first.poolSize(),
                first.minIdleConns(),
                first.readTimeout(),
                first.writeTimeout(),
                first.connectTimeout(),
                first.startTimeout(),
                first.requiredAtStart());
    }

    private static @Nullable Address address(Sources sources) {
        for (Level level : Level.values()) {
            Given url = sources.at(level, Settings.URL);
            if (url != null) {
                return new Address(level, url.name(), Settings.URL.show(url), Settings.URL.parse(url));
            }
        }
        for (Level level : Level.values()) {
            if (level != Level.SPRING && sources.at(level, Settings.HOST) != null) {
                return null;
            }
        }
        Given sentinels = sources.spring(SENTINEL_NODES);
        if (sentinels != null) {
            return new Address(
                    Level.SPRING,
                    SENTINEL_NODES,
                    Shown.url(sentinels.text()),
                    springNodes(sentinels, 26_379, springMaster(sources)));
        }
        Given seeds = sources.spring(CLUSTER_NODES);
        return seeds == null
                ? null
                : new Address(Level.SPRING, CLUSTER_NODES, Shown.url(seeds.text()), springNodes(seeds, 6379, null));
    }

    private static String springMaster(Sources sources) {
        Given master = sources.spring(SENTINEL_MASTER);
        if (master == null || !RedisUrl.isMaster(master.text())) {
            throw new ConfigException(
                    SENTINEL_MASTER,
                    master == null ? null : Shown.plain(master.text()),
                    "it is not the name of a primary",
                    "Set it to the name from 'sentinel monitor NAME', for example mymaster");
        }
        return master.text();
    }

    private static RedisUrl springNodes(Given given, int defaultPort, @Nullable String master) {
        try {
            return new RedisUrl(RedisUrl.nodes(given.text(), defaultPort), master, false, null, null, null);
        } catch (Wrong wrong) {
            throw new ConfigException(
                    given.name(), Shown.url(given.text()), wrong.problem(), "Set it to host:port,host:port");
        }
    }

    private List<HostPort> nodes() {
        Found<String> host = find(Settings.HOST, url -> "");
        Found<Integer> port = find(Settings.PORT, url -> url.nodes().get(0).port());
        if (address == null) {
            return List.of(new HostPort(
                    host == null ? Settings.HOST.byDefault() : host.value(),
                    port == null ? Settings.PORT.byDefault() : port.value()));
        }
        boolean sameHost = host == null || host.value().isEmpty();
        boolean samePort = port == null || port.level() == address.level();
        List<HostPort> nodes = address.url().nodes();
        if (sameHost && samePort) {
            return nodes;
        }
        if (nodes.size() > 1) {
            Setting<?> other = sameHost ? Settings.PORT : Settings.HOST;
            throw new ConfigException(
                    name(other),
                    null,
                    "it cannot replace one of the several hosts in " + address.name(),
                    "Remove it, or change " + address.name());
        }
        return List.of(new HostPort(
                host == null || sameHost ? nodes.get(0).host() : host.value(),
                port == null ? nodes.get(0).port() : port.value()));
    }

    private RedisMode mode(List<HostPort> nodes) {
        boolean sentinels = address != null && address.url().sentinelMaster() != null;
        Found<RedisMode> wanted = find(Settings.MODE, null);
        if (wanted == null || wanted.value() == RedisMode.AUTO) {
            return address != null && address.name().equals(CLUSTER_NODES)
                    ? RedisMode.CLUSTER
                    : impliedMode(sentinels, nodes);
        }
        return wanted.value();
    }

    private static RedisMode impliedMode(boolean sentinels, List<HostPort> nodes) {
        if (sentinels) {
            return RedisMode.SENTINEL;
        }
        return nodes.size() > 1 ? RedisMode.CLUSTER : RedisMode.AUTO;
    }

    private Optional<Found<String>> username() {
        return Optional.ofNullable(find(Settings.USERNAME, RedisUrl::username))
                .filter(found -> !found.value().isEmpty());
    }

    private int db(RedisMode mode) {
        Found<Integer> db = findOrDefault(Settings.DB, RedisUrl::db);
        if (mode == RedisMode.CLUSTER && db.value() != 0) {
            throw RedisConfig.clusterDb(db.name(), db.shown());
        }
        return db.value();
    }

    /** Whoever lowers the pool alone should not have to lower a default as well. */
    private int minIdleConns(Found<Integer> poolSize) {
        Found<Integer> minIdle = find(Settings.MIN_IDLE_CONNS, null);
        if (minIdle == null) {
            return Math.min(Settings.MIN_IDLE_CONNS.byDefault(), poolSize.value());
        }
        if (minIdle.value() > poolSize.value()) {
            throw RedisConfig.tooManyIdle(minIdle.name(), minIdle.value(), poolSize.name(), poolSize.value());
        }
        return minIdle.value();
    }

    private TlsConfig tls(boolean enabled) {
        return new TlsConfig(
                enabled,
                optional(Settings.TLS_CA, url -> null),
                optional(Settings.TLS_TRUST_STORE, url -> null),
                optional(Settings.TLS_TRUST_STORE_PASSWORD, url -> null).orElse(Secret.none()),
                optional(Settings.TLS_CERTIFICATE, url -> null),
                optional(Settings.TLS_PRIVATE_KEY, url -> null),
                value(Settings.TLS_INSECURE));
    }

    private void checkTls(RedisConfig redis, Optional<RedisConfig> state) {
        Optional<RedisConfig> encryptedServer = redis.tls().enabled()
                ? Optional.of(redis)
                : state.filter(server -> server.tls().enabled());
        for (Setting<?> file : List.of(Settings.TLS_CA, Settings.TLS_TRUST_STORE, Settings.TLS_CERTIFICATE)) {
            if (encryptedServer.isEmpty() && find(file, null) != null) {
                throw new ConfigException(
                        name(file),
                        null,
                        "it is set and nothing is encrypted",
                        "Use rediss:// or " + Settings.TLS.property() + "=true, or remove it");
            }
        }
        encryptedServer
                .filter(server -> server.tls().insecure())
                .ifPresent(server -> log.warn(
                        "{} is true: any certificate is accepted for any host, so whoever is between this process and"
                                + " {} can read and change everything. Remove it and set {}",
                        name(Settings.TLS_INSECURE),
                        server.address(),
                        Settings.TLS_CA.property()));
    }

    private Deadlines deadlines(Duration readTimeout) {
        return new Deadlines(
                deadline(Settings.CACHE_DEADLINE, readTimeout),
                deadline(Settings.RATE_LIMIT_DEADLINE, readTimeout),
                deadline(Settings.SESSION_DEADLINE, readTimeout),
                deadline(Settings.LOCK_DEADLINE, readTimeout),
                deadline(Settings.COUNTER_DEADLINE, readTimeout),
                deadline(Settings.LEADERBOARD_DEADLINE, readTimeout),
                deadline(Settings.EVENTS_DEADLINE, readTimeout),
                deadline(Settings.REDIS_DEADLINE, readTimeout));
    }

    private Duration deadline(Setting<Duration> setting, Duration readTimeout) {
        Found<Duration> wanted = find(setting, null);
        if (wanted != null && wanted.value().compareTo(readTimeout) > 0) {
            log.warn(
                    "{}={} is above the read timeout, so {} counts. Raise {} to at least {}",
                    wanted.name(),
                    Durations.text(wanted.value()),
                    Durations.text(readTimeout),
                    Settings.READ_TIMEOUT.property(),
                    Durations.text(wanted.value()));
        }
        return wanted == null ? setting.byDefault() : wanted.value();
    }

    private <T> T value(Setting<T> setting) {
        return findOrDefault(setting, null).value();
    }

    private <T> Optional<T> optional(Setting<T> setting, Function<RedisUrl, @Nullable T> part) {
        return Optional.ofNullable(find(setting, part)).map(Found::value);
    }

    private <T> Found<T> findOrDefault(Setting<T> setting, @Nullable Function<RedisUrl, @Nullable T> part) {
        Found<T> found = find(setting, part);
        return found != null
                ? found
                : new Found<>(setting.byDefault(), Level.SPRING, setting.property(), "the default");
    }

    /**
     * The strongest value of {@code setting}; {@code null} if nobody gave one.
     *
     * @param part what a URL says about it
     */
    private <T> @Nullable Found<T> find(Setting<T> setting, @Nullable Function<RedisUrl, @Nullable T> part) {
        for (Level level : Level.values()) {
            if (part != null && address != null && address.level() == level) {
                T said = part.apply(address.url());
                if (said != null) {
                    return new Found<>(said, level, address.name(), address.shown());
                }
            }
            Given given = sources.at(level, setting);
            if (given != null) {
                return new Found<>(setting.parse(given), level, given.name(), setting.show(given));
            }
        }
        return null;
    }

    /** The name under which {@code setting} was given. */
    private String name(Setting<?> setting) {
        for (Level level : Level.values()) {
            Given given = sources.at(level, setting);
            if (given != null) {
                return given.name();
            }
        }
        return setting.property();
    }

    static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
