package io.lumbung.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class LumbungConfigTest {
    @Test
    void withoutAnythingItIsTheRedisOnThisMachine() {
        LumbungConfig config = LumbungConfig.from(Map.of());
        assertThat(config).isEqualTo(LumbungConfig.builder().build());
        assertThat(config).isEqualTo(LumbungConfig.fromProperties(name -> null, Map.of(), name -> null));
        assertThat(config.redis())
                .isEqualTo(new RedisConfig(
                        RedisMode.AUTO,
                        List.of(new HostPort("localhost", 6379)),
                        Optional.empty(),
                        Optional.empty(),
                        Secret.none(),
                        Optional.empty(),
                        Secret.none(),
                        0,
                        TlsConfig.off(),
                        3,
                        10,
                        5,
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(5),
                        true));
        assertThat(config.state()).isEmpty();
        assertThat(config.stateServer()).isSameAs(config.redis());
        assertThat(config.keyPrefix()).isEqualTo("app");
        assertThat(config.onEviction()).isEqualTo(OnEviction.WARN);
        assertThat(config.cacheDefaultTtl()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.sessionTtl()).isEqualTo(Duration.ofHours(24));
        assertThat(config.eventSource()).isEqualTo("api");
        assertThat(config.deadlines()).isEqualTo(Deadlines.defaults());
    }

    @Test
    void theUrlOfThePythonOriginalIsTheDefault() {
        assertThat(LumbungConfig.from(Map.of("REDIS_URL", "redis://localhost:6379/0")))
                .isEqualTo(LumbungConfig.from(Map.of()));
    }

    @Test
    void theSixLinesOfTheOriginalsAreUnderstood() {
        RedisConfig redis = LumbungConfig.from(DotEnv.parse("REDIS_HOST=redis\nREDIS_PORT=6380\nREDIS_PASSWORD=\n"
                        + "REDIS_DB=2\nREDIS_POOL_SIZE=20\nREDIS_MIN_IDLE_CONNS=8\n"))
                .redis();
        assertThat(redis.address()).isEqualTo("redis:6380");
        assertThat(redis.password()).isEqualTo(Secret.none());
        assertThat(redis.db()).isEqualTo(2);
        assertThat(redis.poolSize()).isEqualTo(20);
        assertThat(redis.minIdleConns()).isEqualTo(8);
    }

    @Test
    void readsTheEnvironmentOfThisProcess() {
        assertThat(LumbungConfig.fromEnvironment()).isEqualTo(LumbungConfig.from(System.getenv()));
    }

    /** Address, database, user and password from several places at once; a name with dots is a property. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            # a URL wins over what its own level says alone
            REDIS_URL=redis://u:p@h:1/2 REDIS_HOST=x REDIS_PORT=9 REDIS_DB=9 REDIS_USERNAME=y REDIS_PASSWORD=z | h:1 2 u p
            # … and over wrong values there, which do not count
            REDIS_URL=redis://u:p@h:1/2 REDIS_HOST=: REDIS_PORT=tcp://10.0.0.1:6379 REDIS_DB=x | h:1 2 u p
            # a port left out is Redis' own, not REDIS_PORT
            REDIS_URL=redis://h REDIS_PORT=9 | h:6379 0 - -
            # what it leaves out is taken from the level and below
            REDIS_URL=redis://h REDIS_DB=3 REDIS_USERNAME=u REDIS_PASSWORD=p | h:6379 3 u p
            lumbung.redis.url=redis://h REDIS_PASSWORD=p REDIS_DB=4 | h:6379 4 - p
            REDIS_URL=redis://h spring.data.redis.password=p spring.data.redis.database=5 | h:6379 5 - p
            # a user name in the URL goes with a password from elsewhere
            REDIS_URL=redis://u@h REDIS_PASSWORD=p REDIS_USERNAME=x | h:6379 0 u p
            # a password alone is the default user's
            REDIS_URL=redis://:p@h REDIS_USERNAME=x | h:6379 0 - p
            # a stronger level replaces single values of a URL
            lumbung.redis.host=a REDIS_URL=redis://u:p@h:1/2 | a:1 2 u p
            lumbung.redis.port=7 REDIS_URL=redis://u:p@h:1/2 | h:7 2 u p
            lumbung.redis.db=7 REDIS_URL=redis://u:p@h:1/2 | h:1 7 u p
            lumbung.redis.password=s REDIS_URL=redis://u:p@h:1/2 | h:1 2 u s
            lumbung.redis.username=s REDIS_URL=redis://u:p@h:1/2 | h:1 2 s p
            REDIS_HOST=a REDIS_PASSWORD=s spring.data.redis.url=redis://u:p@h:1/2 | a:1 2 u s
            # of several URLs one counts: the others' passwords are for other servers
            lumbung.redis.url=redis://h REDIS_URL=redis://u:p@x:1/2 | h:6379 0 - -
            REDIS_URL=redis://h spring.data.redis.url=redis://u:p@x:1/2 | h:6379 0 - -
            lumbung.redis.url=redis://h REDIS_URL=nonsense | h:6379 0 - -
            # single values mix
            lumbung.redis.host=a REDIS_PORT=7 spring.data.redis.database=3 | a:7 3 - -
            REDIS_HOST=a spring.data.redis.host=b spring.data.redis.port=8 | a:8 0 - -
            # Spring's lists count unless something stronger names a host
            spring.data.redis.cluster.nodes=a:1,b:2 | a:1,b:2 0 - -
            spring.data.redis.cluster.nodes=a:1,b:2 spring.data.redis.password=p | a:1,b:2 0 - p
            spring.data.redis.cluster.nodes=a:1,b:2 REDIS_HOST=h | h:6379 0 - -
            spring.data.redis.sentinel.nodes=a,b:2 spring.data.redis.sentinel.master=m spring.data.redis.host=x | a:26379,b:2 0 - -
            spring.data.redis.cluster.nodes=a:1 spring.data.redis.url=redis://h | h:6379 0 - -
            """)
    void eachValueComesFromTheStrongestPlace(String given, String expected) {
        Map<String, String> settings = new HashMap<>();
        for (String pair : given.split(" ")) {
            settings.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        RedisConfig redis = LumbungConfig.fromProperties(settings::get, settings, settings::get)
                .redis();
        assertThat(String.join(
                        " ",
                        redis.address(),
                        Integer.toString(redis.db()),
                        redis.username().orElse("-"),
                        redis.password().isEmpty() ? "-" : redis.password().value()))
                .isEqualTo(expected);
    }

    @Test
    void codeIsStrongerThanEverythingElse() {
        Map<String, String> property = Map.of("lumbung.redis.url", "redis://u:p@h:1/2", "lumbung.key-prefix", "b");
        LumbungConfig config = LumbungConfig.builder()
                .url("redis://a")
                .keyPrefix("shop")
                .properties(property::get)
                .environment(Map.of("REDIS_URL", "redis://x", "LUMBUNG_KEY_PREFIX", "y", "REDIS_DB", "3"))
                .build();
        assertThat(config.redis().address()).isEqualTo("a:6379");
        assertThat(config.redis().db()).isEqualTo(3);
        assertThat(config.redis().username()).isEmpty();
        assertThat(config.keyPrefix()).isEqualTo("shop");
    }

    @Test
    void everythingCanBeSaidInCode() {
        Path file = Path.of("pom.xml");
        var deadlines = new Deadlines(
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(3),
                Duration.ofMillis(4),
                Duration.ofMillis(5),
                Duration.ofMillis(6),
                Duration.ofMillis(7),
                Duration.ofMillis(8));
        LumbungConfig config = LumbungConfig.builder()
                .host("h")
                .port(1)
                .mode(RedisMode.STANDALONE)
                .username("u")
                .password(" p ")
                .db(2)
                .sentinelUsername("su")
                .sentinelPassword("sp")
                .maxRetries(4)
                .poolSize(6)
                .minIdleConns(6)
                .readTimeout(Duration.ofSeconds(7))
                .writeTimeout(Duration.ofSeconds(8))
                .connectTimeout(Duration.ofSeconds(9))
                .startTimeout(Duration.ofSeconds(10))
                .optionalAtStart()
                .tls()
                .trustStore(file, " tp ")
                .clientCertificate(file, file)
                .insecureTls()
                .stateUrl("redis://s:1/3")
                .onEviction(OnEviction.REFUSE)
                .keyPrefix("shop")
                .cacheDefaultTtl(Duration.ofMinutes(1))
                .sessionTtl(Duration.ofDays(7))
                .eventSource("shop")
                .deadlines(deadlines)
                .build();
        var tls = new TlsConfig(
                true,
                Optional.empty(),
                Optional.of(file),
                Secret.of(" tp "),
                Optional.of(file),
                Optional.of(file),
                true);
        var redis = new RedisConfig(
                RedisMode.STANDALONE,
                List.of(new HostPort("h", 1)),
                Optional.empty(),
                Optional.of("u"),
                Secret.of(" p "),
                Optional.of("su"),
                Secret.of("sp"),
                2,
                tls,
                4,
                6,
                6,
                Duration.ofSeconds(7),
                Duration.ofSeconds(8),
                Duration.ofSeconds(9),
                Duration.ofSeconds(10),
                false);
        assertThat(config.redis()).isEqualTo(redis);
        assertThat(config.state().map(RedisConfig::address)).contains("s:1");
        assertThat(config.state().map(RedisConfig::db)).contains(3);
        assertThat(config.onEviction()).isEqualTo(OnEviction.REFUSE);
        assertThat(config.keyPrefix()).isEqualTo("shop");
        assertThat(config.cacheDefaultTtl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(config.sessionTtl()).isEqualTo(Duration.ofDays(7));
        assertThat(config.eventSource()).isEqualTo("shop");
        assertThat(config.deadlines()).isEqualTo(deadlines);
    }

    @Test
    void theModeFollowsFromTheAddressUnlessItIsSaid() {
        assertThat(mode("redis://h", null)).isEqualTo(RedisMode.AUTO);
        assertThat(mode("redis://a,b", null)).isEqualTo(RedisMode.CLUSTER);
        assertThat(mode("redis://a,b", "auto")).isEqualTo(RedisMode.CLUSTER);
        assertThat(mode("redis://a,b", "cluster")).isEqualTo(RedisMode.CLUSTER);
        assertThat(mode("redis://a", "cluster")).isEqualTo(RedisMode.CLUSTER);
        assertThat(mode("redis://a", "standalone")).isEqualTo(RedisMode.STANDALONE);
        assertThat(mode("redis-sentinel://a,b#m", null)).isEqualTo(RedisMode.SENTINEL);
        assertThat(mode("redis-sentinel://a,b#m", "sentinel")).isEqualTo(RedisMode.SENTINEL);
    }

    private static RedisMode mode(String url, String mode) {
        LumbungConfig.Builder builder = LumbungConfig.builder().url(url);
        return (mode == null ? builder : builder.set("lumbung.redis.mode", mode))
                .build()
                .redis()
                .mode();
    }

    @Test
    void springsListsNameTheirMode() {
        Map<String, String> cluster = Map.of("spring.data.redis.cluster.nodes", "a:1");
        assertThat(LumbungConfig.fromProperties(n -> null, Map.of(), cluster::get)
                        .redis()
                        .mode())
                .isEqualTo(RedisMode.CLUSTER);
        Map<String, String> sentinel =
                Map.of("spring.data.redis.sentinel.nodes", "a:1", "spring.data.redis.sentinel.master", "m");
        RedisConfig redis =
                LumbungConfig.fromProperties(n -> null, Map.of(), sentinel::get).redis();
        assertThat(redis.mode()).isEqualTo(RedisMode.SENTINEL);
        assertThat(redis.sentinelMaster()).contains("m");
    }

    @Test
    void springsTimeoutsMayBeBareMilliseconds() {
        Map<String, String> spring =
                Map.of("spring.data.redis.timeout", "2000", "spring.data.redis.connect-timeout", "3s");
        RedisConfig redis =
                LumbungConfig.fromProperties(n -> null, Map.of(), spring::get).redis();
        assertThat(redis.readTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(redis.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void thePythonNameOfThePoolCountsOnlyAlone() {
        assertThat(LumbungConfig.from(Map.of("REDIS_MAX_CONNECTIONS", "20"))
                        .redis()
                        .poolSize())
                .isEqualTo(20);
        assertThat(LumbungConfig.from(Map.of("REDIS_MAX_CONNECTIONS", "20", "REDIS_POOL_SIZE", "7"))
                        .redis()
                        .poolSize())
                .isEqualTo(7);
        assertThat(LumbungConfig.from(Map.of("REDIS_MAX_CONNECTIONS", "20", "REDIS_POOL_SIZE", " "))
                        .redis()
                        .poolSize())
                .isEqualTo(20);
        assertThat(LumbungConfig.builder()
                        .poolSize(8)
                        .environment(Map.of("REDIS_MAX_CONNECTIONS", "20"))
                        .build()
                        .redis()
                        .poolSize())
                .isEqualTo(8);
    }

    @Test
    void theStateServerHasItsOwnAddressAndCredentialsAndSharesTheRest() {
        LumbungConfig config = LumbungConfig.from(Map.of(
                "REDIS_URL", "redis://u:p@h:1/2",
                "REDIS_POOL_SIZE", "4",
                "REDIS_READ_TIMEOUT", "7s",
                "LUMBUNG_STATE_REDIS_URL", "rediss://state"));
        RedisConfig state = config.stateServer();
        assertThat(config.state()).contains(state);
        assertThat(state.address()).isEqualTo("state:6379");
        assertThat(state.username()).isEmpty();
        assertThat(state.password()).isEqualTo(Secret.none());
        assertThat(state.db()).isZero();
        assertThat(state.tls().enabled()).isTrue();
        assertThat(state.poolSize()).isEqualTo(4);
        assertThat(state.readTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.redis().tls().enabled()).isFalse();
    }

    @Test
    void theModeOfTheFirstServerIsNotThatOfTheState() {
        LumbungConfig config = LumbungConfig.builder()
                .url("redis://a,b")
                .stateUrl("redis://u:p@s/3")
                .build();
        assertThat(config.redis().mode()).isEqualTo(RedisMode.CLUSTER);
        assertThat(config.stateServer().mode()).isEqualTo(RedisMode.AUTO);
        assertThat(config.stateServer().username()).contains("u");
        assertThat(config.stateServer().db()).isEqualTo(3);
    }

    @Test
    void noDeadlineExceedsTheReadTimeout() {
        Deadlines deadlines =
                LumbungConfig.from(Map.of("REDIS_READ_TIMEOUT", "300ms")).deadlines();
        assertThat(deadlines.cache()).isEqualTo(Duration.ofMillis(250));
        assertThat(deadlines.session()).isEqualTo(Duration.ofMillis(300));
        assertThat(deadlines.blocking(Duration.ofSeconds(5))).isEqualTo(Duration.ofMillis(5_300));
        LumbungConfig raised = LumbungConfig.builder()
                .readTimeout(Duration.ofSeconds(30))
                .cacheDeadline(Duration.ofSeconds(10))
                .rateLimitDeadline(Duration.ofSeconds(40))
                .build();
        assertThat(raised.deadlines().cache()).isEqualTo(Duration.ofSeconds(10));
        assertThat(raised.deadlines().rateLimit()).isEqualTo(Duration.ofSeconds(30));
        assertThat(raised.deadlines().lock()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void aDeadlineThatCannotBeHadIsWarnedAbout() {
        List<String> warnings = warnings(LumbungConfig.builder().cacheDeadline(Duration.ofSeconds(5)));
        assertThat(warnings)
                .containsExactly("lumbung.cache.deadline=5s is above the read timeout, so 3s counts."
                        + " Raise lumbung.redis.read-timeout to at least 5s");
        assertThat(warnings(LumbungConfig.builder().readTimeout(Duration.ofMillis(100))))
                .isEmpty();
    }

    @Test
    void acceptingAnyCertificateIsWarnedAbout() {
        assertThat(warnings(LumbungConfig.builder().url("rediss://:hunter2@h").insecureTls()))
                .singleElement()
                .asString()
                .startsWith("lumbung.redis.tls.insecure is true: any certificate is accepted for any host")
                .contains("h:6379")
                .doesNotContain("hunter2");
        assertThat(warnings(LumbungConfig.builder().stateUrl("rediss://s").insecureTls()))
                .singleElement()
                .asString()
                .contains("this process and s:6379 can");
        assertThat(warnings(LumbungConfig.builder().url("rediss://h"))).isEmpty();
        assertThat(warnings(LumbungConfig.builder().url("redis://h").insecureTls()))
                .isEmpty();
    }

    @Test
    void encryptionIsNeverLostByAUrlWithoutIt() {
        Map<String, String> settings = Map.of("lumbung.redis.tls.enabled", "true", "REDIS_URL", "redis://h");
        assertThat(LumbungConfig.fromProperties(settings::get, settings, n -> null)
                        .redis()
                        .tls()
                        .enabled())
                .isTrue();
        assertThat(LumbungConfig.builder()
                        .tls()
                        .stateUrl("redis://s")
                        .build()
                        .stateServer()
                        .tls()
                        .enabled())
                .isTrue();
    }

    @Test
    void nothingPrintsASecret() {
        LumbungConfig config = LumbungConfig.builder()
                .url("rediss://ana:hunter2@h")
                .sentinelPassword("hunter2")
                .trustStore(Path.of("pom.xml"), "hunter2")
                .stateUrl("redis://:hunter2@s")
                .build();
        assertThat(config.redis().password().value()).isEqualTo("hunter2");
        assertThat(config.toString()).doesNotContain("hunter2").contains("password=***");
        assertThat(config.redis().toString()).doesNotContain("hunter2");
        assertThat(new Given("REDIS_PASSWORD", "hunter2")).hasToString("REDIS_PASSWORD");
        assertThat(new Sources(Map.of("a", "hunter2"), n -> null, Map.of(), n -> null).toString())
                .doesNotContain("hunter2");
    }

    private static List<String> warnings(LumbungConfig.Builder builder) {
        Logger logger = (Logger) LoggerFactory.getLogger("io.lumbung.config");
        var seen = new ListAppender<ILoggingEvent>();
        seen.start();
        logger.addAppender(seen);
        try {
            builder.build();
        } finally {
            logger.detachAppender(seen);
        }
        return seen.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
