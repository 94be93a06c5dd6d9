package io.lumbung.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each message names the setting as written, its value unless that may be a secret, and the fix. */
class WrongValueTest {
    /** name, value, what the message shows of the value, a part of the problem, a part of the fix */
    static Stream<Arguments> wrongValues() {
        return Stream.of(
                arguments("REDIS_HOST", "a b", "'a b'", "not a host name", "Set REDIS_HOST to a host name"),
                arguments("REDIS_HOST", "localhost:6380", "'localhost:6380'", "has a port", "REDIS_PORT"),
                arguments("REDIS_HOST", "redis://localhost", "'redis://localhost'", "is a URL", "REDIS_URL"),
                arguments("REDIS_HOST", "redis://:hunter2@h", "'redis://***@h'", "is a URL", "REDIS_URL"),
                arguments("REDIS_HOST", "[::1]", "'[::1]'", "without brackets", "Write ::1"),
                arguments("REDIS_HOST", "6379", "'6379'", "not a host name", "for example REDIS_HOST=localhost"),
                arguments("REDIS_HOST", "1.2.3.256", "'1.2.3.256'", "not a host name", "REDIS_HOST"),
                arguments("REDIS_HOST", "a\nb", "'a\\u000ab'", "not a host name", "REDIS_HOST"),
                arguments("REDIS_HOST", "x".repeat(254), "'" + "x".repeat(120) + "…'", "not a host", "REDIS_HOST"),
                arguments("REDIS_PORT", "abc", "'abc'", "not a whole number", "a port from 1 to 65535"),
                arguments("REDIS_PORT", "0", "'0'", "at least 1", "for example REDIS_PORT=6379"),
                arguments("REDIS_PORT", "65536", "'65536'", "at most 65535", "REDIS_PORT"),
                arguments("REDIS_PORT", "-1", "'-1'", "at least 1", "REDIS_PORT"),
                arguments("REDIS_PORT", "6379.0", "'6379.0'", "not a whole number", "REDIS_PORT"),
                arguments("REDIS_PORT", "٦٣٧٩", "'٦٣٧٩'", "not a whole number", "REDIS_PORT"),
                arguments("REDIS_PORT", "99999999999999999999", "'99999999999999999999'", "out of range", "REDIS_PORT"),
                arguments(
                        "REDIS_PORT",
                        "tcp://10.0.0.1:6379",
                        "'tcp://10.0.0.1:6379'",
                        "Kubernetes",
                        "enableServiceLinks"),
                arguments("REDIS_USERNAME", "ana", "'ana'", "no password", "REDIS_PASSWORD"),
                arguments("REDIS_USERNAME", "a\u0007b", "'a\\u0007b'", "control character", "ACL user"),
                arguments("REDIS_DB", "one", "'one'", "not a whole number", "a whole number from 0"),
                arguments("REDIS_DB", "-1", "'-1'", "at least 0", "REDIS_DB"),
                arguments("REDIS_DB", "2147483648", "'2147483648'", "out of range", "REDIS_DB"),
                arguments("REDIS_MAX_RETRIES", "-1", "'-1'", "at least 0", "from 0 to 10"),
                arguments("REDIS_MAX_RETRIES", "11", "'11'", "at most 10", "from 0 to 10"),
                arguments("REDIS_MAX_RETRIES", "many", "'many'", "not a whole number", "from 0 to 10"),
                arguments("REDIS_POOL_SIZE", "0", "'0'", "at least 1", "from 1 to 1000"),
                arguments("REDIS_POOL_SIZE", "1001", "'1001'", "at most 1000", "REDIS_POOL_SIZE=10"),
                arguments("REDIS_MAX_CONNECTIONS", "0", "'0'", "at least 1", "Set REDIS_MAX_CONNECTIONS to"),
                arguments("REDIS_MIN_IDLE_CONNS", "-1", "'-1'", "at least 0", "REDIS_MIN_IDLE_CONNS=5"),
                arguments("REDIS_MIN_IDLE_CONNS", "11", "'11'", "more than the pool size", "raise the pool size to 11"),
                arguments("REDIS_READ_TIMEOUT", "3", "'3'", "no unit", "for example REDIS_READ_TIMEOUT=3s"),
                arguments("REDIS_READ_TIMEOUT", "0s", "'0s'", "more than 0", "up to 10m"),
                arguments("REDIS_READ_TIMEOUT", "-3s", "'-3s'", "more than 0", "REDIS_READ_TIMEOUT"),
                arguments("REDIS_READ_TIMEOUT", "10m1ns", "'10m1ns'", "not be more than 10m", "REDIS_READ_TIMEOUT"),
                arguments("REDIS_READ_TIMEOUT", "PT", "'PT'", "not an ISO-8601", "REDIS_READ_TIMEOUT"),
                arguments("REDIS_READ_TIMEOUT", "soon", "'soon'", "not a duration", "REDIS_READ_TIMEOUT"),
                arguments("REDIS_READ_TIMEOUT", "9999999999999999999h", "'9999999999999999999h'", "too long", "3s"),
                arguments("REDIS_WRITE_TIMEOUT", "0", "'0'", "more than 0", "for example REDIS_WRITE_TIMEOUT=3s"),
                arguments("LUMBUNG_KEY_PREFIX", "a:b", "'a:b'", "separates the parts", "1 to 64 letters"),
                arguments("LUMBUNG_KEY_PREFIX", "{a}", "'{a}'", "one slot", "1 to 64 letters"),
                arguments("LUMBUNG_KEY_PREFIX", "a*", "'a*'", "wildcard", "LUMBUNG_KEY_PREFIX=app"),
                arguments("LUMBUNG_KEY_PREFIX", "-a", "'-a'", "cannot begin with", "LUMBUNG_KEY_PREFIX"),
                arguments("LUMBUNG_KEY_PREFIX", "a b", "'a b'", "character", "LUMBUNG_KEY_PREFIX"),
                arguments("LUMBUNG_KEY_PREFIX", "ü", "'ü'", "character", "LUMBUNG_KEY_PREFIX"),
                arguments("LUMBUNG_KEY_PREFIX", "x".repeat(65), "'" + "x".repeat(65) + "'", "longer than 64", "64"),
                arguments("LUMBUNG_STATE_REDIS_URL", "localhost", "'localhost'", "no scheme", "redis://"),
                arguments("LUMBUNG_STATE_REDIS_URL", "redis://ana@h", "'redis://***@h'", "no password", ":password@"),
                arguments("LUMBUNG_STATE_REDIS_URL", "redis://a,b/1", "'redis://a,b/1'", "only database 0", "to 0"),
                arguments("lumbung.redis.port", "0", "'0'", "at least 1", "lumbung.redis.port=6379"),
                arguments("lumbung.redis.mode", "ring", "'ring'", "not known", "one of auto, standalone, sentinel"),
                arguments("lumbung.redis.mode", "sentinel", "'sentinel'", "primary's name", "redis-sentinel://"),
                arguments("lumbung.redis.sentinel-username", "ana", "", "no password", "sentinel-password"),
                arguments("lumbung.redis.required-at-start", "maybe", "'maybe'", "neither true nor", "true or false"),
                arguments("lumbung.redis.connect-timeout", "0s", "'0s'", "more than 0", "connect-timeout=1s"),
                arguments("lumbung.redis.start-timeout", "1h", "'1h'", "more than 10m", "start-timeout=5s"),
                arguments("lumbung.redis.tls.enabled", "2", "'2'", "neither true nor", "true or false"),
                arguments("lumbung.redis.tls.ca-file", "/no/such.pem", "'/no/such.pem'", "no such file", "path of"),
                arguments("lumbung.redis.tls.ca-file", "\0", "'\\u0000'", "not a path", "path of"),
                arguments("lumbung.redis.tls.ca-file", "/", "'/'", "no such file", "path of"),
                arguments("lumbung.redis.tls.insecure", "ja", "'ja'", "neither true nor", "insecure=false"),
                arguments("lumbung.state.on-eviction", "ignore", "'ignore'", "not known", "one of warn, refuse"),
                arguments("lumbung.cache.default-ttl", "0s", "'0s'", "from 1ms to 24h", "default-ttl=5m"),
                arguments("lumbung.cache.default-ttl", "25h", "'25h'", "from 1ms to 24h", "default-ttl=5m"),
                arguments("lumbung.session.ttl", "0s", "'0s'", "from 1s to 8760h", "session.ttl=24h"),
                arguments("lumbung.events.source", "a\tb", "'a\\u0009b'", "control character", "events.source=api"),
                arguments("lumbung.events.source", "x".repeat(201), "…'", "longer than 200", "events.source=api"),
                arguments("lumbung.cache.deadline", "0s", "'0s'", "more than 0", "cache.deadline=250ms"),
                arguments("lumbung.ratelimit.deadline", "0s", "'0s'", "more than 0", "ratelimit.deadline=250ms"),
                arguments("lumbung.lock.ttl", "99ms", "'99ms'", "from 100ms to 24h", "lock.ttl=10s"),
                arguments("lumbung.lock.max-wait", "25h", "'25h'", "from 0s to 24h", "lock.max-wait=5s"),
                arguments("lumbung.session.deadline", "0s", "'0s'", "more than 0", "session.deadline=500ms"),
                arguments("lumbung.lock.deadline", "0s", "'0s'", "more than 0", "lock.deadline=500ms"),
                arguments("lumbung.counter.deadline", "0s", "'0s'", "more than 0", "counter.deadline=500ms"),
                arguments("lumbung.leaderboard.deadline", "0s", "'0s'", "more than 0", "leaderboard.deadline=500ms"),
                arguments("lumbung.events.deadline", "0s", "'0s'", "more than 0", "events.deadline=500ms"),
                arguments("lumbung.redis.deadline", "11m", "'11m'", "more than 10m", "redis.deadline=500ms"),
                arguments("spring.data.redis.port", "x", "'x'", "not a whole number", "Set spring.data.redis.port"),
                arguments("spring.data.redis.database", "x", "'x'", "not a whole number", "spring.data.redis.database"),
                arguments("spring.data.redis.timeout", "x", "'x'", "not a duration", "spring.data.redis.timeout=3s"),
                arguments("spring.data.redis.url", "x", "'x'", "no scheme", "redis://"),
                arguments(
                        "spring.data.redis.cluster.nodes", "a:1,b:x", "'a:***'", "not a number", "host:port,host:port"),
                arguments("spring.data.redis.sentinel.nodes", "a:1", "", "name of a primary", "mymaster"));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void theMessageNamesSettingValueAndFix(String name, String value, String shown, String problem, String fix) {
        ConfigException wrong = refused(Map.of(name, value));
        assertThat(wrong.getMessage()).contains(shown).contains(problem).contains(fix);
        assertThat(wrong.getMessage()).startsWith(wrong.setting()).endsWith(".");
        assertThat(wrong.problem()).contains(problem);
        assertThat(wrong.fix()).contains(fix);
        if (!name.contains("sentinel")) {
            assertThat(wrong.setting()).isEqualTo(name);
        }
    }

    @Test
    void everySettingThatCanBeWrongIsTriedHere() {
        List<String> tried =
                wrongValues().map(wrong -> String.valueOf(wrong.get()[0])).toList();
        List<String> always = List.of("lumbung.redis.url", "lumbung.redis.tls.private-key");
        assertThat(Settings.ALL.stream()
                        .filter(setting -> !setting.secret() && !always.contains(setting.property()))
                        .filter(setting -> !tried.contains(setting.property())
                                && !tried.contains(setting.variable().orElse(""))
                                && !setting.property().contains("tls")))
                .isEmpty();
    }

    /** URLs, and what of them a message may show. */
    static Stream<Arguments> wrongUrls() {
        return Stream.of(
                arguments("localhost:6379", "'localhost:6379'", "no scheme", "redis://localhost:6379/0"),
                arguments(":hunter2@localhost", "'***@localhost'", "no scheme", "Begin with redis://"),
                arguments("://h", "'://h'", "scheme is not one of", "Begin with redis://"),
                arguments("http://ana:hunter2@h/", "'http://***@h/'", "scheme is not one of", "Begin with redis://"),
                arguments("redis-socket:///run/redis.sock", "'redis-socket:///run", "scheme is not", "redis://"),
                arguments("redis://", "'redis://'", "host is empty", "Name the host"),
                arguments("redis:///0", "'redis:///0'", "host is empty", "Name the host"),
                arguments("redis://:6379", "'redis://***'", "host is empty", "Name the host"),
                arguments("redis://:hunter2", "'redis://***'", "host is empty", "Name the host"),
                arguments("redis://ana:hunter2", "'redis://ana:***'", "port is not a number", "1 to 65535"),
                arguments("redis://ana:hunter2/1", "'redis://ana:***'", "port is not a number", "1 to 65535"),
                arguments("redis://:hunter2@", "'redis://***@'", "host is empty", "Name the host"),
                arguments("redis://:hunt/er2@h", "'redis://***'", "not percent-encoded", "%2F"),
                arguments("redis://:hunt#er2@h", "'redis://***'", "not percent-encoded", "%23"),
                arguments("redis://:hunt?er2@h", "'redis://***'", "not percent-encoded", "%3F"),
                arguments("redis://:hunter2%@h", "'redis://***@h'", "two hexadecimal digits", "%25"),
                arguments("redis://:hunter2%4@h", "'redis://***@h'", "two hexadecimal digits", "%25"),
                arguments("redis://:hunter2%zz@h", "'redis://***@h'", "two hexadecimal digits", "%25"),
                arguments("redis://:hunter2%ff@h", "'redis://***@h'", "not UTF-8", "%25"),
                arguments("redis://:hunter2@h:0", "'redis://***@h:0'", "not from 1 to 65535", "1 to 65535"),
                arguments("redis://h:65536", "'redis://h:65536'", "not from 1 to 65535", "1 to 65535"),
                arguments("redis://h:", "'redis://h:'", "port is not a number", "1 to 65535"),
                arguments("redis://h:-1", "'redis://h:***'", "port is not a number", "1 to 65535"),
                arguments("redis://h:1:2", "'redis://h:***'", "more than one ':'", "[::1]:6379"),
                arguments("redis://::1", "'redis://***'", "more than one ':'", "[::1]:6379"),
                arguments("redis://[::1", "'redis://***'", "not an IPv6 address", "[::1]:6379"),
                arguments("redis://[::g]", "'redis://[::g]'", "not an IPv6 address", "[::1]:6379"),
                arguments("redis://[1.2.3.4]", "'redis://[1.2.3.4]'", "not an IPv6 address", "[::1]:6379"),
                arguments("redis://[dead]", "'redis://[dead]'", "not an IPv6 address", "[::1]:6379"),
                arguments("redis://[::1]6379", "'redis://***'", "':' is missing", "[::1]:6379"),
                arguments("redis://h h", "'redis://h h'", "not a name or address", "letters"),
                arguments("redis://h%00", "'redis://h%00'", "not a name or address", "letters"),
                arguments("redis://h\\evil", "'redis://h\\evil'", "not a name or address", "letters"),
                arguments("redis://exämple", "'redis://exämple'", "not a name or address", "letters"),
                arguments("redis://h/x", "'redis://h/x'", "not the number of a database", "/0"),
                arguments("redis://h/-1", "'redis://h/-1'", "not the number of a database", "/0"),
                arguments("redis://h/1/2", "'redis://h/1/2'", "not the number of a database", "/0"),
                arguments("redis://h//", "'redis://h//'", "not the number of a database", "/0"),
                arguments("redis://h/4294967296", "'redis://h/4294967296'", "not the number", "/0"),
                arguments("redis://h?password=hunter2", "'redis://h?***'", "as an option", "REDIS_PASSWORD"),
                arguments("redis://h?auth=hunter2", "'redis://h?***'", "as an option", "REDIS_PASSWORD"),
                arguments("redis://h?x=hunter2@y", "'redis://***'", "'@' behind the host", "%3F"),
                arguments("redis://h/0?timeout=3s", "'redis://h/0?***'", "timeouts", "REDIS_READ_TIMEOUT"),
                arguments("rediss://h?ssl_cert_reqs=none", "'rediss://h?***'", "TLS is not set", "tls.insecure=true"),
                arguments("rediss://h?verifyPeer=NONE", "'rediss://h?***'", "TLS is not set", "tls.insecure=true"),
                arguments("redis://h?db=1", "'redis://h?***'", "not known", "the path"),
                arguments("redis://h?sentinelMasterId=m", "'redis://h?***'", "not known", "Remove"),
                arguments("redis://h#m", "'redis://h#m'", "only redis-sentinel", "%23"),
                arguments("redis://ana@h", "'redis://***@h'", "no password", "redis://:password@host"),
                arguments("redis://hunter2@h", "'redis://***@h'", "no password", "redis://:password@host"),
                arguments("redis://ana:@h", "'redis://***@h'", "no password", "redis://:password@host"),
                arguments("redis://a,b/1", "'redis://a,b/1'", "only database 0", "to 0"),
                arguments("redis://a,,b", "'redis://a,,b'", "host is empty", "Name the host"),
                arguments("redis://a,", "'redis://a,'", "host is empty", "Name the host"),
                arguments("redis://a,a:6379", "'redis://a,a:6379'", "twice", "redis://localhost:6379/0"),
                arguments("redis://" + "a,".repeat(1001), "'redis://a,a,", "more than 1000", "redis://"),
                arguments("redis://" + "a".repeat(20_000), "…'", "too long", "redis://"),
                arguments("redis-sentinel://h", "'redis-sentinel://h'", "does not name the primary", "#mymaster"),
                arguments("redis-sentinel://h#", "'redis-sentinel://h#'", "does not name the primary", "#mymaster"),
                arguments("redis-sentinel://h#a%20b", "#a%20b'", "does not allow", "sentinel monitor"),
                arguments("redis-sentinel://h?sentinelMasterId=a#b", "***'", "two primaries", "once"),
                arguments("redis-sentinel://h?sentinelMasterId=a&sentinelMasterId=b", "***'", "twice", "Remove"),
                arguments("redis-sentinel://h?masterid=a", "***'", "not known", "sentinelMasterId"));
    }

    @ParameterizedTest
    @MethodSource("wrongUrls")
    void aWrongUrlIsNamedWithoutItsSecrets(String url, String shown, String problem, String fix) {
        for (String name :
                List.of("REDIS_URL", "lumbung.redis.url", "spring.data.redis.url", "LUMBUNG_STATE_REDIS_URL")) {
            ConfigException wrong = refused(Map.of(name, url));
            assertThat(wrong.getMessage())
                    .startsWith(name + " is '")
                    .contains(shown)
                    .contains(problem)
                    .contains(fix)
                    .doesNotContain("hunter2")
                    .doesNotContain("er2")
                    .hasSizeLessThan(600);
        }
    }

    /** Settings that are right alone and wrong together. */
    static Stream<Arguments> wrongTogether() {
        return Stream.of(
                arguments(
                        Map.of("REDIS_POOL_SIZE", "2", "REDIS_MIN_IDLE_CONNS", "3"),
                        "REDIS_MIN_IDLE_CONNS is '3': it is more than the pool size, REDIS_POOL_SIZE=2."
                                + " Lower it to 2, or raise the pool size to 3."),
                arguments(
                        Map.of("REDIS_MAX_CONNECTIONS", "2", "lumbung.redis.min-idle-conns", "3"),
                        "lumbung.redis.min-idle-conns is '3': it is more than the pool size, REDIS_MAX_CONNECTIONS=2."
                                + " Lower it to 2, or raise the pool size to 3."),
                arguments(
                        Map.of("REDIS_DB", "1", "lumbung.redis.mode", "cluster"),
                        "REDIS_DB is '1': a Redis Cluster has only database 0. Set the database to 0, or remove it."),
                arguments(
                        Map.of("REDIS_URL", "redis://:pw@a/1", "lumbung.redis.mode", "cluster"),
                        "REDIS_URL is 'redis://***@a/1': a Redis Cluster has only database 0."
                                + " Set the database to 0, or remove it."),
                arguments(
                        Map.of("spring.data.redis.cluster.nodes", "a,b", "spring.data.redis.database", "2"),
                        "spring.data.redis.database is '2': a Redis Cluster has only database 0."
                                + " Set the database to 0, or remove it."),
                arguments(
                        Map.of("REDIS_URL", "redis://a,b", "lumbung.redis.mode", "standalone"),
                        "lumbung.redis.mode is 'standalone': there are several hosts: a:6379,b:6379."
                                + " Name one host, or set lumbung.redis.mode=cluster."),
                arguments(
                        Map.of("REDIS_URL", "redis-sentinel://a#m", "lumbung.redis.mode", "cluster"),
                        "lumbung.redis.mode is 'cluster': the address is that of Sentinels."
                                + " Remove lumbung.redis.mode, or use a redis:// URL."),
                arguments(
                        Map.of("REDIS_URL", "redis://a,b", "lumbung.redis.host", "c"),
                        "lumbung.redis.host: it cannot replace one of the several hosts in REDIS_URL."
                                + " Remove it, or change REDIS_URL."),
                arguments(
                        Map.of("REDIS_URL", "redis://a,b", "lumbung.redis.port", "7000"),
                        "lumbung.redis.port: it cannot replace one of the several hosts in REDIS_URL."
                                + " Remove it, or change REDIS_URL."),
                arguments(
                        Map.of("REDIS_USERNAME", "ana", "lumbung.redis.url", "redis://h"),
                        "REDIS_USERNAME is 'ana': there is a user name and no password."
                                + " Set REDIS_PASSWORD or lumbung.redis.password;"
                                + " in a URL a password alone is written redis://:password@host."));
    }

    @ParameterizedTest
    @MethodSource("wrongTogether")
    void whatDoesNotGoTogetherIsNamed(Map<String, String> settings, String message) {
        assertThat(refused(settings)).hasMessage(message);
    }

    @Test
    void certificatesWithoutEncryptionAreAMistake() {
        Path file = Path.of("pom.xml");
        ConfigException wrong = catchThrowableOfType(
                ConfigException.class,
                () -> LumbungConfig.builder().caFile(file).build());
        assertThat(wrong)
                .hasMessage("lumbung.redis.tls.ca-file: it is set and nothing is encrypted."
                        + " Use rediss:// or lumbung.redis.tls.enabled=true, or remove it.");
        assertThat(LumbungConfig.builder()
                        .caFile(file)
                        .stateUrl("rediss://h")
                        .build()
                        .stateServer()
                        .tls()
                        .caFile())
                .contains(file);
    }

    @Test
    void halfACertificateAndTwoTrustsAreMistakes() {
        Path file = Path.of("pom.xml");
        assertThat(refused(Map.of("lumbung.redis.tls.enabled", "true", "lumbung.redis.tls.certificate", "pom.xml")))
                .hasMessageContaining("lumbung.redis.tls.certificate")
                .hasMessageContaining("without lumbung.redis.tls.private-key");
        assertThat(refused(Map.of("lumbung.redis.tls.enabled", "true", "lumbung.redis.tls.private-key", "pom.xml")))
                .hasMessageContaining("without lumbung.redis.tls.certificate");
        assertThat(catchThrowableOfType(
                        ConfigException.class,
                        () -> LumbungConfig.builder()
                                .tls()
                                .caFile(file)
                                .trustStore(file, "x")
                                .build()))
                .hasMessageContaining("lumbung.redis.tls.trust-store")
                .hasMessageContaining("together with lumbung.redis.tls.ca-file");
    }

    @Test
    void codeIsNamedLikeProperties() {
        assertThat(catchThrowableOfType(
                        ConfigException.class,
                        () -> LumbungConfig.builder()
                                .readTimeout(Duration.ofSeconds(-1))
                                .build()))
                .hasMessage("lumbung.redis.read-timeout is 'PT-1S': it must be more than 0."
                        + " Set lumbung.redis.read-timeout to a duration above 0 and up to 10m,"
                        + " for example lumbung.redis.read-timeout=3s.");
        assertThat(catchThrowableOfType(
                        ConfigException.class, () -> LumbungConfig.builder().set("lumbung.redis.prot", "1")))
                .hasMessageContaining("'lumbung.redis.prot'")
                .hasMessageContaining("no setting of this name");
    }

    @Test
    void settingsOutsideTheTableAreToldAlike() {
        assertThat(LumbungConfig.duration("rules.a.window", " 1m30s ", Duration.ofMillis(10), Duration.ofDays(366)))
                .isEqualTo(Duration.ofSeconds(90));
        assertThat(catchThrowableOfType(
                        ConfigException.class,
                        () -> LumbungConfig.duration(
                                "rules.a.window", "5ms", Duration.ofMillis(10), Duration.ofDays(366))))
                .hasMessage("rules.a.window is '5ms': it must be from 10ms to 8784h. Set rules.a.window to a duration"
                        + " from 10ms to 8784h.");
        assertThat(ConfigException.of("rules.a.key", "x\ny@z", "there is none", "Name one"))
                .hasMessage("rules.a.key is '***@z': there is none. Name one.");
        assertThat(ConfigException.of("rules.a.permits", null, "it is missing", "Set it"))
                .hasMessage("rules.a.permits: it is missing. Set it.");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void recordsCheckThemselvesToo(int port) {
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> new HostPort("h", port)))
                .hasMessage("a port is 1 to 65535, was " + port);
        assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> new HostPort("h/", 1)))
                .hasMessage("not a host name or address: 'h/'");
        RedisConfig redis = LumbungConfig.builder().db(3).build().redis();
        assertThat(catchThrowableOfType(ConfigException.class, () -> redis.withMode(RedisMode.CLUSTER)))
                .hasMessage("lumbung.redis.db (REDIS_DB) is '3': a Redis Cluster has only database 0."
                        + " Set the database to 0, or remove it.");
        assertThat(catchThrowableOfType(ConfigException.class, () -> redis.withNodes(List.of())))
                .hasMessageContaining("names no server");
        assertThat(catchThrowableOfType(
                        ConfigException.class,
                        () -> new LumbungConfig(
                                redis,
                                Optional.empty(),
                                "a:b",
                                OnEviction.WARN,
                                Duration.ofMinutes(1),
                                Duration.ofHours(1),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(5),
                                "api",
                                Deadlines.defaults())))
                .hasMessageContaining("lumbung.key-prefix is 'a:b'");
    }

    private static ConfigException refused(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(settings);
        ConfigException wrong = catchThrowableOfType(
                ConfigException.class, () -> LumbungConfig.fromProperties(settings::get, environment, settings::get));
        assertThat(wrong).as("%s", settings).isNotNull();
        return wrong;
    }
}
