package io.lumbung.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every setting of the table, from every place it can come from. */
class SettingsTest {
    private static final Path FILE = file("one");
    private static final Path OTHER_FILE = file("two");

    /** A setting, two right texts for it, and what they become. */
    record Sample(
            Setting<?> setting,
            Function<LumbungConfig, Object> read,
            Object byDefault,
            String text,
            Object value,
            String otherText,
            Object otherValue,
            Map<String, String> beside) {
        @Override
        public String toString() {
            return setting.property();
        }
    }

    static Stream<Sample> samples() {
        return Stream.of(
                sample(
                        Settings.URL,
                        c -> c.redis().address(),
                        "localhost:6379",
                        "redis://a:1/0",
                        "a:1",
                        "redis://b",
                        "b:6379"),
                sample(Settings.HOST, c -> c.redis().host(), "localhost", "a.example", "a.example", "::1", "::1"),
                sample(Settings.PORT, c -> c.redis().port(), 6379, "1", 1, "65535", 65_535),
                sample(
                        Settings.USERNAME,
                        c -> c.redis().username(),
                        Optional.empty(),
                        "ana",
                        Optional.of("ana"),
                        "bea",
                        Optional.of("bea"),
                        Map.of("lumbung.redis.password", "pw")),
                sample(
                        Settings.PASSWORD,
                        c -> c.redis().password(),
                        Secret.none(),
                        "one two",
                        Secret.of("one two"),
                        "p@ss:w/rd#%41",
                        Secret.of("p@ss:w/rd#%41")),
                sample(Settings.DB, c -> c.redis().db(), 0, "3", 3, "15", 15),
                sample(
                        Settings.MODE,
                        c -> c.redis().mode(),
                        RedisMode.AUTO,
                        "cluster",
                        RedisMode.CLUSTER,
                        "StandAlone",
                        RedisMode.STANDALONE),
                sample(
                        Settings.SENTINEL_USERNAME,
                        c -> c.redis().sentinelUsername(),
                        Optional.empty(),
                        "ana",
                        Optional.of("ana"),
                        "bea",
                        Optional.of("bea"),
                        Map.of("lumbung.redis.sentinel-password", "pw")),
                sample(
                        Settings.SENTINEL_PASSWORD,
                        c -> c.redis().sentinelPassword(),
                        Secret.none(),
                        "one",
                        Secret.of("one"),
                        "two",
                        Secret.of("two")),
                sample(Settings.MAX_RETRIES, c -> c.redis().maxRetries(), 3, "0", 0, "10", 10),
                sample(Settings.POOL_SIZE, c -> c.redis().poolSize(), 10, "5", 5, "1000", 1000),
                sample(Settings.MIN_IDLE_CONNS, c -> c.redis().minIdleConns(), 5, "0", 0, "10", 10),
                duration(Settings.READ_TIMEOUT, c -> c.redis().readTimeout(), Duration.ofSeconds(3)),
                duration(Settings.WRITE_TIMEOUT, c -> c.redis().writeTimeout(), Duration.ofSeconds(3)),
                duration(Settings.CONNECT_TIMEOUT, c -> c.redis().connectTimeout(), Duration.ofSeconds(1)),
                duration(Settings.START_TIMEOUT, c -> c.redis().startTimeout(), Duration.ofSeconds(5)),
                flag(Settings.REQUIRED_AT_START, c -> c.redis().requiredAtStart(), true),
                duration(Settings.REDIS_DEADLINE, c -> c.deadlines().redis(), Duration.ofMillis(500)),
                flag(Settings.TLS, c -> c.redis().tls().enabled(), false),
                file(Settings.TLS_CA, c -> c.redis().tls().caFile(), Map.of()),
                file(Settings.TLS_TRUST_STORE, c -> c.redis().tls().trustStore(), Map.of()),
                sample(
                        Settings.TLS_TRUST_STORE_PASSWORD,
                        c -> c.redis().tls().trustStorePassword(),
                        Secret.none(),
                        "one",
                        Secret.of("one"),
                        "two",
                        Secret.of("two")),
                file(
                        Settings.TLS_CERTIFICATE,
                        c -> c.redis().tls().certificate(),
                        Map.of("lumbung.redis.tls.private-key", FILE.toString())),
                file(
                        Settings.TLS_PRIVATE_KEY,
                        c -> c.redis().tls().privateKey(),
                        Map.of("lumbung.redis.tls.certificate", FILE.toString())),
                flag(Settings.TLS_INSECURE, c -> c.redis().tls().insecure(), false),
                sample(
                        Settings.STATE_URL,
                        c -> c.state().map(RedisConfig::address),
                        Optional.empty(),
                        "redis://a:1",
                        Optional.of("a:1"),
                        "redis://b",
                        Optional.of("b:6379")),
                sample(
                        Settings.ON_EVICTION,
                        LumbungConfig::onEviction,
                        OnEviction.WARN,
                        "refuse",
                        OnEviction.REFUSE,
                        "WARN",
                        OnEviction.WARN),
                sample(Settings.KEY_PREFIX, LumbungConfig::keyPrefix, "app", "shop", "shop", "9-a_b.C", "9-a_b.C"),
                duration(Settings.CACHE_TTL, LumbungConfig::cacheDefaultTtl, Duration.ofMinutes(5)),
                duration(Settings.CACHE_DEADLINE, c -> c.deadlines().cache(), Duration.ofMillis(250)),
                duration(Settings.RATE_LIMIT_DEADLINE, c -> c.deadlines().rateLimit(), Duration.ofMillis(250)),
                duration(Settings.SESSION_TTL, LumbungConfig::sessionTtl, Duration.ofHours(24)),
                duration(Settings.SESSION_DEADLINE, c -> c.deadlines().session(), Duration.ofMillis(500)),
                duration(Settings.LOCK_TTL, LumbungConfig::lockTtl, Duration.ofSeconds(10)),
                duration(Settings.LOCK_MAX_WAIT, LumbungConfig::lockMaxWait, Duration.ofSeconds(5)),
                duration(Settings.LOCK_DEADLINE, c -> c.deadlines().lock(), Duration.ofMillis(500)),
                duration(Settings.COUNTER_DEADLINE, c -> c.deadlines().counter(), Duration.ofMillis(500)),
                duration(Settings.LEADERBOARD_DEADLINE, c -> c.deadlines().leaderboard(), Duration.ofMillis(500)),
                sample(Settings.EVENTS_SOURCE, LumbungConfig::eventSource, "api", "shop", "shop", "a b/ü", "a b/ü"),
                duration(Settings.EVENTS_DEADLINE, c -> c.deadlines().events(), Duration.ofMillis(500)));
    }

    @Test
    void everySettingOfTheTableIsTriedHere() {
        assertThat(samples().map(sample -> (Object) sample.setting())).containsExactlyElementsOf(Settings.ALL);
    }

    @Test
    void noTwoSettingsShareAName() {
        assertThat(Settings.ALL.stream()
                        .flatMap(s -> Stream.of(
                                        Optional.of(s.property()), s.variable(), s.olderVariable(), s.springProperty())
                                .flatMap(Optional::stream)))
                .doesNotHaveDuplicates();
    }

    @Test
    void onlyTheseHaveVariablesAndTheseAreTheirNames() {
        assertThat(Settings.ALL.stream()
                        .filter(s -> s.variable().isPresent())
                        .map(s -> s.property() + " " + s.variable().orElseThrow()))
                .containsExactlyInAnyOrder(
                        "lumbung.redis.url REDIS_URL",
                        "lumbung.redis.host REDIS_HOST",
                        "lumbung.redis.port REDIS_PORT",
                        "lumbung.redis.password REDIS_PASSWORD",
                        "lumbung.redis.username REDIS_USERNAME",
                        "lumbung.redis.db REDIS_DB",
                        "lumbung.redis.max-retries REDIS_MAX_RETRIES",
                        "lumbung.redis.pool-size REDIS_POOL_SIZE",
                        "lumbung.redis.min-idle-conns REDIS_MIN_IDLE_CONNS",
                        "lumbung.redis.read-timeout REDIS_READ_TIMEOUT",
                        "lumbung.redis.write-timeout REDIS_WRITE_TIMEOUT",
                        "lumbung.state.redis.url LUMBUNG_STATE_REDIS_URL",
                        "lumbung.key-prefix LUMBUNG_KEY_PREFIX");
    }

    @ParameterizedTest
    @MethodSource("samples")
    void whatNobodySetsHasItsDefault(Sample sample) {
        assertThat(sample.read().apply(LumbungConfig.from(Map.of()))).isEqualTo(sample.byDefault());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void codeSetsIt(Sample sample) {
        assertThat(read(sample, Map.of(sample.setting().property(), sample.text()), Map.of(), Map.of(), Map.of()))
                .isEqualTo(sample.value());
        assertThat(read(sample, Map.of(sample.setting().property(), sample.otherText()), Map.of(), Map.of(), Map.of()))
                .isEqualTo(sample.otherValue());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void eachPlaceSetsItAndSurroundingBlanksDoNotMatter(Sample sample) {
        String text = " \t" + sample.text() + "\r\n ";
        assertThat(read(sample, Map.of(), Map.of(sample.setting().property(), text), Map.of(), Map.of()))
                .isEqualTo(sample.value());
        sample.setting()
                .variable()
                .ifPresent(name -> assertThat(read(sample, Map.of(), Map.of(), Map.of(name, text), Map.of()))
                        .as(name)
                        .isEqualTo(sample.value()));
        sample.setting()
                .olderVariable()
                .ifPresent(name -> assertThat(read(sample, Map.of(), Map.of(), Map.of(name, text), Map.of()))
                        .as(name)
                        .isEqualTo(sample.value()));
        sample.setting()
                .springProperty()
                .ifPresent(name -> assertThat(read(sample, Map.of(), Map.of(), Map.of(), Map.of(name, text)))
                        .as(name)
                        .isEqualTo(sample.value()));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void blankMeansNotSet(Sample sample) {
        Map<String, String> everywhere = new HashMap<>();
        everywhere.put(sample.setting().property(), " \t ");
        sample.setting().variable().ifPresent(name -> everywhere.put(name, ""));
        sample.setting().olderVariable().ifPresent(name -> everywhere.put(name, " "));
        sample.setting().springProperty().ifPresent(name -> everywhere.put(name, ""));
        Map<String, String> code = Map.of(sample.setting().property(), "");
        Object read = sample.read()
                .apply(builder(code, everywhere, everywhere, everywhere).build());
        assertThat(read).isEqualTo(sample.byDefault());
    }

    /** Of every two places, the stronger one; the weaker one is not even read, so it may be wrong. */
    @ParameterizedTest
    @MethodSource("samples")
    void theStrongerPlaceCounts(Sample sample) {
        Map<String, String> right = Map.of(sample.setting().property(), sample.text());
        Map<String, String> other = Map.of(sample.setting().property(), sample.otherText());
        Map<String, String> nonsense = new HashMap<>();
        sample.setting().variable().ifPresent(name -> nonsense.put(name, "\u0000 not a value {"));
        sample.setting().springProperty().ifPresent(name -> nonsense.put(name, "\u0000 not a value {"));

        assertThat(read(sample, right, other, nonsense, nonsense)).as("code").isEqualTo(sample.value());
        assertThat(read(sample, Map.of(), right, nonsense, nonsense))
                .as("property")
                .isEqualTo(sample.value());
        sample.setting().variable().ifPresent(name -> {
            Map<String, String> variable = new HashMap<>(Map.of(name, sample.text()));
            sample.setting().olderVariable().ifPresent(older -> variable.put(older, sample.otherText()));
            assertThat(read(sample, Map.of(), Map.of(), variable, nonsense))
                    .as(name)
                    .isEqualTo(sample.value());
        });
        sample.setting().olderVariable().ifPresent(name -> {
            assertThat(read(sample, Map.of(), Map.of(), Map.of(name, sample.text()), nonsense))
                    .as(name)
                    .isEqualTo(sample.value());
        });
    }

    private static Object read(
            Sample sample,
            Map<String, String> code,
            Map<String, String> properties,
            Map<String, String> environment,
            Map<String, String> spring) {
        Map<String, String> all = new HashMap<>(sample.beside());
        all.putAll(code);
        return sample.read().apply(builder(all, properties, environment, spring).build());
    }

    private static LumbungConfig.Builder builder(
            Map<String, String> code,
            Map<String, String> properties,
            Map<String, String> environment,
            Map<String, String> spring) {
        LumbungConfig.Builder builder = LumbungConfig.builder()
                .properties(properties::get)
                .environment(environment)
                .springDataRedis(spring::get);
        code.forEach(builder::set);
        return builder;
    }

    private static Sample sample(
            Setting<?> setting,
            Function<LumbungConfig, Object> read,
            Object byDefault,
            String text,
            Object value,
            String otherText,
            Object otherValue) {
        return sample(setting, read, byDefault, text, value, otherText, otherValue, Map.of());
    }

    private static Sample sample(
            Setting<?> setting,
            Function<LumbungConfig, Object> read,
            Object byDefault,
            String text,
            Object value,
            String otherText,
            Object otherValue,
            Map<String, String> beside) {
        return new Sample(setting, read, byDefault, text, value, otherText, otherValue, beside);
    }

    private static Sample duration(
            Setting<Duration> setting, Function<LumbungConfig, Object> read, Duration byDefault) {
        Map<String, String> beside =
                setting.property().endsWith("read-timeout") ? Map.of() : Map.of("lumbung.redis.read-timeout", "5m");
        return sample(
                setting, read, byDefault, "1m30.5s", Duration.ofMillis(90_500), "PT2M", Duration.ofMinutes(2), beside);
    }

    private static Sample flag(Setting<Boolean> setting, Function<LumbungConfig, Object> read, boolean byDefault) {
        return sample(setting, read, byDefault, "True", true, "off", false);
    }

    private static Sample file(
            Setting<Path> setting, Function<LumbungConfig, Object> read, Map<String, String> beside) {
        Map<String, String> encrypted = new HashMap<>(beside);
        encrypted.put("lumbung.redis.tls.enabled", "true");
        return sample(
                setting,
                read,
                Optional.empty(),
                FILE.toString(),
                Optional.of(FILE),
                OTHER_FILE.toString(),
                Optional.of(OTHER_FILE),
                encrypted);
    }

    private static Path file(String name) {
        try {
            Path file = Files.createTempFile("lumbung-" + name, ".pem");
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theSizesOfThePoolGoTogether() {
        List<String> seen = Stream.of("1", "4", "5", "6")
                .map(size -> LumbungConfig.from(Map.of("REDIS_POOL_SIZE", size)).redis())
                .map(redis -> redis.minIdleConns() + "/" + redis.poolSize())
                .toList();
        assertThat(seen).containsExactly("1/1", "4/4", "5/5", "5/6");
    }
}
