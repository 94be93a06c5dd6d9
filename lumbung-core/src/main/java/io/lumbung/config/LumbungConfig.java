package io.lumbung.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything Lumbung has to be told, checked.
 *
 * <p>Each value is taken from the first of these that has it: code ({@link Builder}), {@code lumbung.*} properties, the
 * environment ({@code REDIS_*}, {@code LUMBUNG_*}), {@code spring.data.redis.*}, the default. Blank means not set. Of
 * several URLs the first counts; what it says wins over the single values of its own level and below, and what it leaves
 * out (user, password, database) is taken from the single values. Only values that count are checked, and a wrong one
 * is a {@link ConfigException}.
 *
 * @param redis the server for everything, or for the cache alone if there is a {@code state} server
 * @param state the server for what must not be evicted (sessions, locks, limits, counters, boards, topics), if it is
 *     another one
 * @param keyPrefix the first part of every key
 * @param onEviction what to do at start if the state server may evict
 * @param cacheDefaultTtl how long an entry lives whose cache does not say
 * @param sessionTtl how long a session lives after its last use
 * @param lockTtl how long the lease of a lock lasts where nothing else is said
 * @param lockMaxWait how long to wait for a lock that is held where nothing else is said
 * @param eventSource the source our events carry
 * @param deadlines none above the read timeout; larger ones are lowered to it here
 */
public record LumbungConfig(
        RedisConfig redis,
        Optional<RedisConfig> state,
        String keyPrefix,
        OnEviction onEviction,
        Duration cacheDefaultTtl,
        Duration sessionTtl,
        Duration lockTtl,
        Duration lockMaxWait,
        String eventSource,
        Deadlines deadlines) {
    public LumbungConfig {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(onEviction, "onEviction");
        Settings.KEY_PREFIX.require(keyPrefix);
        Settings.CACHE_TTL.require(cacheDefaultTtl);
        Settings.SESSION_TTL.require(sessionTtl);
        Settings.LOCK_TTL.require(lockTtl);
        Settings.LOCK_MAX_WAIT.require(lockMaxWait);
        Settings.EVENTS_SOURCE.require(eventSource);
        deadlines = deadlines.atMost(redis.readTimeout());
    }

    /** From the environment of this process. */
    public static LumbungConfig fromEnvironment() {
        return from(System.getenv());
    }

    /** From {@code environment}, as if it were that of this process. */
    public static LumbungConfig from(Map<String, String> environment) {
        return builder().environment(environment).build();
    }

    /**
     * From all places a Spring application writes configuration to.
     *
     * @param lumbung answers for names such as {@code lumbung.redis.port}
     * @param springDataRedis answers for names such as {@code spring.data.redis.port}; lists joined by commas
     */
    public static LumbungConfig fromProperties(
            Function<String, @Nullable String> lumbung,
            Map<String, String> environment,
            Function<String, @Nullable String> springDataRedis) {
        return builder()
                .properties(lumbung)
                .environment(environment)
                .springDataRedis(springDataRedis)
                .build();
    }

    /** Starts with the defaults alone: neither environment nor properties are read unless asked for. */
    public static Builder builder() {
        return new Builder();
    }

    /** Every setting there is, in the order of the documentation. */
    public static List<Setting<?>> settings() {
        return Settings.ALL;
    }

    /**
     * A cache's time to live, read and checked as {@code lumbung.cache.default-ttl} is, for settings that are not in the
     * table: one per cache.
     *
     * @param setting its name, for the message
     * @throws ConfigException if {@code text} is not a duration from 1 ms to 24 h
     */
    public static Duration cacheTtl(String setting, String text) {
        return Settings.CACHE_TTL.parse(new Given(setting, text.strip()));
    }

    /**
     * A duration, read as those of the settings are, for settings that are not in the table.
     *
     * @param setting its name, for the message
     * @throws ConfigException if {@code text} is not a duration from {@code least} to {@code most}
     */
    public static Duration duration(String setting, String text, Duration least, Duration most) {
        return Settings.duration(setting, least, most, setting).parse(new Given(setting, text.strip()));
    }

    /** The server that holds state: {@link #state()}, or else {@link #redis()}. */
    public RedisConfig stateServer() {
        return state.orElse(redis);
    }

    /**
     * Collects what code says, and optionally where else to look. Checks nothing before {@link #build()}. Blank text is
     * as good as not given.
     */
    public static final class Builder {
        private final Map<String, String> code = new HashMap<>();
        private Function<String, @Nullable String> properties = name -> null;
        private Map<String, String> environment = Map.of();
        private Function<String, @Nullable String> springDataRedis = name -> null;

        private Builder() {}

        /** Looks into {@code lumbung.*} properties for what code does not say. */
        public Builder properties(Function<String, @Nullable String> lumbung) {
            properties = Objects.requireNonNull(lumbung, "lumbung");
            return this;
        }

        /** Looks into these variables for what neither code nor properties say. */
        public Builder environment(Map<String, String> variables) {
            environment = new HashMap<>(variables);
            return this;
        }

        /** Looks into {@code spring.data.redis.*} for what nothing else says. */
        public Builder springDataRedis(Function<String, @Nullable String> spring) {
            springDataRedis = Objects.requireNonNull(spring, "spring");
            return this;
        }

        /**
         * Sets any setting by its property name, as text.
         *
         * @throws ConfigException if there is no such property
         */
        public Builder set(String property, String text) {
            if (Settings.ALL.stream().noneMatch(setting -> setting.property().equals(property))) {
                throw new ConfigException(
                        Shown.plain(property),
                        null,
                        "there is no setting of this name",
                        "Use a name of LumbungConfig.settings()");
            }
            code.put(property, Objects.requireNonNull(text, "text"));
            return this;
        }

        public Builder url(String url) {
            return set(Settings.URL, url);
        }

        public Builder mode(RedisMode mode) {
            return set(Settings.MODE, mode.name().toLowerCase(Locale.ROOT));
        }

        public Builder host(String host) {
            return set(Settings.HOST, host);
        }

        public Builder port(int port) {
            return set(Settings.PORT, Integer.toString(port));
        }

        public Builder username(String username) {
            return set(Settings.USERNAME, username);
        }

        public Builder password(String password) {
            return set(Settings.PASSWORD, password);
        }

        public Builder db(int db) {
            return set(Settings.DB, Integer.toString(db));
        }

        public Builder sentinelUsername(String username) {
            return set(Settings.SENTINEL_USERNAME, username);
        }

        public Builder sentinelPassword(String password) {
            return set(Settings.SENTINEL_PASSWORD, password);
        }

        public Builder maxRetries(int retries) {
            return set(Settings.MAX_RETRIES, Integer.toString(retries));
        }

        public Builder poolSize(int connections) {
            return set(Settings.POOL_SIZE, Integer.toString(connections));
        }

        public Builder minIdleConns(int connections) {
            return set(Settings.MIN_IDLE_CONNS, Integer.toString(connections));
        }

        public Builder readTimeout(Duration timeout) {
            return set(Settings.READ_TIMEOUT, Durations.text(timeout));
        }

        public Builder writeTimeout(Duration timeout) {
            return set(Settings.WRITE_TIMEOUT, Durations.text(timeout));
        }

        public Builder connectTimeout(Duration timeout) {
            return set(Settings.CONNECT_TIMEOUT, Durations.text(timeout));
        }

        public Builder startTimeout(Duration timeout) {
            return set(Settings.START_TIMEOUT, Durations.text(timeout));
        }

        /** Starts without Redis if it does not answer, and connects later. */
        public Builder optionalAtStart() {
            return set(Settings.REQUIRED_AT_START, "false");
        }

        /** Encrypts, whatever the URL's scheme. */
        public Builder tls() {
            return set(Settings.TLS, "true");
        }

        /** Trusts these PEM certificates instead of the JDK's. */
        public Builder caFile(Path certificates) {
            return set(Settings.TLS_CA, certificates.toString());
        }

        /** Trusts what this store holds instead of the JDK's. */
        public Builder trustStore(Path store, String password) {
            return set(Settings.TLS_TRUST_STORE, store.toString()).set(Settings.TLS_TRUST_STORE_PASSWORD, password);
        }

        /** Shows this PEM certificate to servers that ask for one. */
        public Builder clientCertificate(Path certificate, Path privateKey) {
            return set(Settings.TLS_CERTIFICATE, certificate.toString())
                    .set(Settings.TLS_PRIVATE_KEY, privateKey.toString());
        }

        /** Accepts any certificate for any host: whoever is in between can read and change everything. */
        public Builder insecureTls() {
            return set(Settings.TLS_INSECURE, "true");
        }

        public Builder stateUrl(String url) {
            return set(Settings.STATE_URL, url);
        }

        public Builder onEviction(OnEviction reaction) {
            return set(Settings.ON_EVICTION, reaction.name().toLowerCase(Locale.ROOT));
        }

        public Builder keyPrefix(String prefix) {
            return set(Settings.KEY_PREFIX, prefix);
        }

        public Builder cacheDefaultTtl(Duration ttl) {
            return set(Settings.CACHE_TTL, Durations.text(ttl));
        }

        public Builder sessionTtl(Duration ttl) {
            return set(Settings.SESSION_TTL, Durations.text(ttl));
        }

        public Builder lockTtl(Duration ttl) {
            return set(Settings.LOCK_TTL, Durations.text(ttl));
        }

        public Builder lockMaxWait(Duration maxWait) {
            return set(Settings.LOCK_MAX_WAIT, Durations.text(maxWait));
        }

        public Builder eventSource(String source) {
            return set(Settings.EVENTS_SOURCE, source);
        }

        /** Sets every deadline. */
        public Builder deadlines(Deadlines deadlines) {
            return set(Settings.CACHE_DEADLINE, Durations.text(deadlines.cache()))
                    .set(Settings.RATE_LIMIT_DEADLINE, Durations.text(deadlines.rateLimit()))
                    .set(Settings.SESSION_DEADLINE, Durations.text(deadlines.session()))
                    .set(Settings.LOCK_DEADLINE, Durations.text(deadlines.lock()))
                    .set(Settings.COUNTER_DEADLINE, Durations.text(deadlines.counter()))
                    .set(Settings.LEADERBOARD_DEADLINE, Durations.text(deadlines.leaderboard()))
                    .set(Settings.EVENTS_DEADLINE, Durations.text(deadlines.events()))
                    .set(Settings.REDIS_DEADLINE, Durations.text(deadlines.redis()));
        }

        public Builder cacheDeadline(Duration deadline) {
            return set(Settings.CACHE_DEADLINE, Durations.text(deadline));
        }

        public Builder rateLimitDeadline(Duration deadline) {
            return set(Settings.RATE_LIMIT_DEADLINE, Durations.text(deadline));
        }

        private Builder set(Setting<?> setting, String text) {
            return set(setting.property(), text);
        }

        /**
         * The configuration.
         *
         * @throws ConfigException for the first value that cannot be obeyed
         */
        public LumbungConfig build() {
            return new Resolution(new Sources(Map.copyOf(code), properties, environment, springDataRedis)).config();
        }
    }
}
