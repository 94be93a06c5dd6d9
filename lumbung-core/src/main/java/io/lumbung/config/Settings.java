package io.lumbung.config;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Every setting, defined once: names, defaults and checks live nowhere else. */
final class Settings {
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);
    private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,100}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}");

    static final Setting<RedisUrl> URL = url("lumbung.redis.url", "Where Redis is, in one value")
            .variable("REDIS_URL")
            .spring("spring.data.redis.url");
    static final Setting<RedisMode> MODE = new Setting<>(
                    "lumbung.redis.mode",
                    "one of auto, standalone, sentinel, cluster",
                    "How the servers work together; auto asks them",
                    text -> choice(RedisMode.class, text),
                    any())
            .otherwise("auto");
    static final Setting<String> HOST = new Setting<>(
                    "lumbung.redis.host",
                    "a host name or IP address",
                    "The host Redis runs on",
                    text -> text,
                    Settings::host)
            .variable("REDIS_HOST")
            .spring("spring.data.redis.host")
            .otherwise("localhost");
    static final Setting<Integer> PORT = new Setting<>(
                    "lumbung.redis.port",
                    "a port from 1 to 65535",
                    "The port Redis listens on",
                    Settings::port,
                    range(1, 65_535))
            .variable("REDIS_PORT")
            .spring("spring.data.redis.port")
            .otherwise("6379");
    static final Setting<String> USERNAME = new Setting<>(
                    "lumbung.redis.username",
                    "an ACL user's name",
                    "The ACL user; without one, Redis' default user",
                    text -> text,
                    printable(256))
            .variable("REDIS_USERNAME")
            .spring("spring.data.redis.username");
    static final Setting<Secret> PASSWORD = new Setting<>(
                    "lumbung.redis.password",
                    "the password of the Redis user",
                    "The password; empty for none",
                    Secret::of,
                    any())
            .variable("REDIS_PASSWORD")
            .spring("spring.data.redis.password")
            .hidden();
    static final Setting<Integer> DB = new Setting<>(
                    "lumbung.redis.db",
                    "a whole number from 0 on",
                    "The database; a Cluster has only 0",
                    Settings::whole,
                    range(0, Integer.MAX_VALUE))
            .variable("REDIS_DB")
            .spring("spring.data.redis.database")
            .otherwise("0");
    static final Setting<String> SENTINEL_USERNAME = new Setting<>(
                    "lumbung.redis.sentinel-username",
                    "an ACL user's name",
                    "The user the Sentinels ask for, apart from Redis' own",
                    text -> text,
                    printable(256))
            .spring("spring.data.redis.sentinel.username");
    static final Setting<Secret> SENTINEL_PASSWORD = new Setting<>(
                    "lumbung.redis.sentinel-password",
                    "the password of the Sentinels",
                    "The password the Sentinels ask for; empty for none",
                    Secret::of,
                    any())
            .spring("spring.data.redis.sentinel.password")
            .hidden();
    static final Setting<Integer> MAX_RETRIES = new Setting<>(
                    "lumbung.redis.max-retries",
                    "a whole number from 0 to 10",
                    "How often a call that is safe to repeat is repeated",
                    Settings::whole,
                    range(0, 10))
            .variable("REDIS_MAX_RETRIES")
            .otherwise("3");
    static final Setting<Integer> POOL_SIZE = new Setting<>(
                    "lumbung.redis.pool-size",
                    "a whole number from 1 to 1000",
                    "The most multiplexed data connections to a node",
                    Settings::whole,
                    range(1, 1_000))
            .variable("REDIS_POOL_SIZE")
            .olderVariable("REDIS_MAX_CONNECTIONS")
            .otherwise("10");
    static final Setting<Integer> MIN_IDLE_CONNS = new Setting<>(
                    "lumbung.redis.min-idle-conns",
                    "a whole number from 0 to the pool size",
                    "How many of them are opened at start; not set, it never exceeds the pool size",
                    Settings::whole,
                    range(0, 1_000))
            .variable("REDIS_MIN_IDLE_CONNS")
            .otherwise("5");
    static final Setting<Duration> READ_TIMEOUT = timeout(
                    "lumbung.redis.read-timeout", "The outer bound of waiting for a reply; no deadline exceeds it")
            .variable("REDIS_READ_TIMEOUT")
            .spring("spring.data.redis.timeout")
            .otherwise("3s");
    static final Setting<Duration> WRITE_TIMEOUT = timeout(
                    "lumbung.redis.write-timeout", "The outer bound of handing a command to the network")
            .variable("REDIS_WRITE_TIMEOUT")
            .otherwise("3s");
    static final Setting<Duration> CONNECT_TIMEOUT = timeout(
                    "lumbung.redis.connect-timeout", "The longest a TCP and TLS connect may take")
            .spring("spring.data.redis.connect-timeout")
            .otherwise("1s");
    static final Setting<Duration> START_TIMEOUT = timeout(
                    "lumbung.redis.start-timeout", "The longest start-up waits for the first PING")
            .otherwise("5s");
    static final Setting<Boolean> REQUIRED_AT_START = flag(
                    "lumbung.redis.required-at-start",
                    "Whether start-up stops without Redis; false: start degraded, connect later")
            .otherwise("true");
    static final Setting<Duration> REDIS_DEADLINE = timeout(
                    "lumbung.redis.deadline", "The deadline of calls no other deadline names, such as health checks")
            .otherwise("500ms");

    static final Setting<Boolean> TLS = flag(
                    "lumbung.redis.tls.enabled", "TLS for every connection, whatever the URL's scheme")
            .spring("spring.data.redis.ssl.enabled")
            .otherwise("false");
    static final Setting<Path> TLS_CA =
            file("lumbung.redis.tls.ca-file", "PEM certificates to trust instead of the JDK's");
    static final Setting<Path> TLS_TRUST_STORE =
            file("lumbung.redis.tls.trust-store", "A PKCS12 or JKS trust store to use instead of the JDK's");
    static final Setting<Secret> TLS_TRUST_STORE_PASSWORD = new Setting<>(
                    "lumbung.redis.tls.trust-store-password",
                    "the password of the trust store",
                    "The password of that trust store; empty for none",
                    Secret::of,
                    any())
            .hidden();
    static final Setting<Path> TLS_CERTIFICATE =
            file("lumbung.redis.tls.certificate", "Our own PEM certificate chain, for servers that ask for one");
    static final Setting<Path> TLS_PRIVATE_KEY =
            file("lumbung.redis.tls.private-key", "The PEM (PKCS8) key of that certificate");
    static final Setting<Boolean> TLS_INSECURE = flag(
                    "lumbung.redis.tls.insecure",
                    "Accept any certificate for any host: for experiments, warned about at start")
            .otherwise("false");

    static final Setting<RedisUrl> STATE_URL = url(
                    "lumbung.state.redis.url",
                    "A second server for state that must not be evicted, complete with its own credentials;"
                            + " not set: the same server")
            .variable("LUMBUNG_STATE_REDIS_URL");
    static final Setting<OnEviction> ON_EVICTION = new Setting<>(
                    "lumbung.state.on-eviction",
                    "one of warn, refuse",
                    "What to do at start if the state server may evict keys",
                    text -> choice(OnEviction.class, text),
                    any())
            .otherwise("warn");
    static final Setting<String> KEY_PREFIX = new Setting<>(
                    "lumbung.key-prefix",
                    "1 to 64 letters, digits, '_', '.' or '-', beginning with a letter or digit",
                    "The first part of every key, one per application",
                    text -> text,
                    Settings::prefix)
            .variable("LUMBUNG_KEY_PREFIX")
            .otherwise("app");
    static final Setting<Duration> CACHE_TTL = duration(
                    "lumbung.cache.default-ttl",
                    Duration.ofMillis(1),
                    Duration.ofHours(24),
                    "How long an entry lives whose cache does not say")
            .otherwise("5m");
    static final Setting<Duration> CACHE_DEADLINE =
            timeout("lumbung.cache.deadline", "The deadline of a cache call").otherwise("250ms");
    static final Setting<Duration> RATE_LIMIT_DEADLINE = timeout(
                    "lumbung.ratelimit.deadline", "The deadline of a rate limiter's decision")
            .otherwise("250ms");
    static final Setting<Duration> SESSION_TTL = duration(
                    "lumbung.session.ttl",
                    Duration.ofSeconds(1),
                    Duration.ofDays(365),
                    "How long a session lives after its last use")
            .otherwise("24h");
    static final Setting<Duration> SESSION_DEADLINE = timeout(
                    "lumbung.session.deadline", "The deadline of a session call")
            .otherwise("500ms");
    static final Setting<Duration> LOCK_TTL = duration(
                    "lumbung.lock.ttl",
                    Duration.ofMillis(100),
                    Duration.ofHours(24),
                    "How long the lease of a lock lasts where nothing else is said")
            .otherwise("10s");
    static final Setting<Duration> LOCK_MAX_WAIT = duration(
                    "lumbung.lock.max-wait",
                    Duration.ZERO,
                    Duration.ofHours(24),
                    "How long to wait for a lock that is held where nothing else is said")
            .otherwise("5s");
    static final Setting<Duration> LOCK_DEADLINE =
            timeout("lumbung.lock.deadline", "The deadline of one lock command").otherwise("500ms");
    static final Setting<Duration> COUNTER_DEADLINE = timeout(
                    "lumbung.counter.deadline", "The deadline of a counter call")
            .otherwise("500ms");
    static final Setting<Duration> LEADERBOARD_DEADLINE = timeout(
                    "lumbung.leaderboard.deadline", "The deadline of a leaderboard call")
            .otherwise("500ms");
    static final Setting<String> EVENTS_SOURCE = new Setting<>(
                    "lumbung.events.source",
                    "1 to 200 printable characters",
                    "The source our events carry",
                    text -> text,
                    printable(200))
            .otherwise("api");
    static final Setting<Duration> EVENTS_DEADLINE = timeout(
                    "lumbung.events.deadline", "The deadline of an event call; a blocking read adds it to its wait")
            .otherwise("500ms");

    /** In the order of the documentation. */
    static final List<Setting<?>> ALL = List.of(
            URL,
            HOST,
            PORT,
            USERNAME,
            PASSWORD,
            DB,
            MODE,
            SENTINEL_USERNAME,
            SENTINEL_PASSWORD,
            MAX_RETRIES,
            POOL_SIZE,
            MIN_IDLE_CONNS,
            READ_TIMEOUT,
            WRITE_TIMEOUT,
            CONNECT_TIMEOUT,
            START_TIMEOUT,
            REQUIRED_AT_START,
            REDIS_DEADLINE,
            TLS,
            TLS_CA,
            TLS_TRUST_STORE,
            TLS_TRUST_STORE_PASSWORD,
            TLS_CERTIFICATE,
            TLS_PRIVATE_KEY,
            TLS_INSECURE,
            STATE_URL,
            ON_EVICTION,
            KEY_PREFIX,
            CACHE_TTL,
            CACHE_DEADLINE,
            RATE_LIMIT_DEADLINE,
            SESSION_TTL,
            SESSION_DEADLINE,
            LOCK_TTL,
            LOCK_MAX_WAIT,
            LOCK_DEADLINE,
            COUNTER_DEADLINE,
            LEADERBOARD_DEADLINE,
            EVENTS_SOURCE,
            EVENTS_DEADLINE);

    private Settings() {}

    private static Setting<RedisUrl> url(String property, String meaning) {
        return new Setting<>(property, "a URL such as redis://localhost:6379/0", meaning, RedisUrl::parse, any()).url();
    }

    private static Setting<Boolean> flag(String property, String meaning) {
        return new Setting<>(property, "true or false", meaning, Settings::flag, any());
    }

    private static Setting<Path> file(String property, String meaning) {
        return new Setting<>(property, "the path of a readable file", meaning, Settings::path, any());
    }

    private static Setting<Duration> timeout(String property, String meaning) {
        return new Setting<>(property, "a duration above 0 and up to 10m", meaning, Durations::parse, value -> {
            if (value.isNegative() || value.isZero()) {
                throw new Wrong("it must be more than 0");
            }
            if (value.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new Wrong("it must not be more than 10m");
            }
        });
    }

    static Setting<Duration> duration(String property, Duration least, Duration most, String meaning) {
        String range = "from " + Durations.text(least) + " to " + Durations.text(most);
        return new Setting<>(property, "a duration " + range, meaning, Durations::parse, value -> {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new Wrong("it must be " + range);
            }
        });
    }

    private static <T> Setting.Rule<T> any() {
        return value -> {};
    }

    private static Setting.Rule<Integer> range(int least, int most) {
        return value -> {
            if (value < least) {
                throw new Wrong("it must be at least " + least);
            }
            if (value > most) {
                throw new Wrong("it must be at most " + most);
            }
        };
    }

    private static Setting.Rule<String> printable(int most) {
        return value -> {
            if (value.isBlank()) {
                throw new Wrong("it is empty");
            }
            if (value.length() > most) {
                throw new Wrong("it is longer than " + most + " characters");
            }
            if (value.chars().anyMatch(Character::isISOControl)) {
                throw new Wrong("it contains a control character");
            }
        };
    }

    private static int whole(String text) throws Wrong {
        if (!WHOLE.matcher(text).matches()) {
            throw new Wrong("it is not a whole number");
        }
        var number = new BigInteger(text);
        if (number.bitLength() > 31) {
            throw new Wrong("it is out of range");
        }
        return number.intValue();
    }

    private static int port(String text) throws Wrong {
        if (text.startsWith("tcp://")) {
            throw new Wrong(
                    "it is an address, as Kubernetes sets it for a service named redis",
                    "Set enableServiceLinks: false in the pod, or set REDIS_URL or lumbung.redis.port");
        }
        return whole(text);
    }

    private static void host(String text) throws Wrong {
        if (text.contains("://")) {
            throw new Wrong("it is a URL", "Give a URL as REDIS_URL or lumbung.redis.url");
        }
        if (HostPort.isHost(text)) {
            return;
        }
        int colon = text.lastIndexOf(':');
        if (colon > 0 && HostPort.isHost(text.substring(0, colon))) {
            throw new Wrong("it has a port", "Give the port as REDIS_PORT or lumbung.redis.port");
        }
        if (text.startsWith("[") && text.endsWith("]")) {
            throw new Wrong("an IPv6 address stands here without brackets", "Write ::1 instead of [::1]");
        }
        throw new Wrong("it is not a host name or IP address");
    }

    private static void prefix(String text) throws Wrong {
        if (PREFIX.matcher(text).matches()) {
            return;
        }
        if (text.indexOf(':') >= 0) {
            throw new Wrong("it contains ':', which separates the parts of a key and is added for you");
        }
        if (text.indexOf('{') >= 0 || text.indexOf('}') >= 0) {
            throw new Wrong("it contains a brace, which would put every key into one slot of a Cluster");
        }
        if (text.indexOf('*') >= 0 || text.indexOf('?') >= 0 || text.indexOf('[') >= 0) {
            throw new Wrong("it contains a wildcard, with which one application's deletes reach another's keys");
        }
        throw new Wrong(
                text.length() > 64
                        ? "it is longer than 64 characters"
                        : "it contains a character keys cannot begin with or hold");
    }

    private static boolean flag(String text) throws Wrong {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new Wrong("it is neither true nor false");
        };
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String text) throws Wrong {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(text)) {
                return constant;
            }
        }
        throw new Wrong("it is not known");
    }

    private static Path path(String text) throws Wrong {
        Path path;
        try {
            path = Path.of(text);
        } catch (InvalidPathException e) {
            throw new Wrong("it is not a path");
        }
        if (!Files.isRegularFile(path)) {
            throw new Wrong("there is no such file");
        }
        if (!Files.isReadable(path)) {
            throw new Wrong("the file cannot be read");
        }
        return path;
    }
}
