package io.lumbung.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.config.ConfigException;
import io.lumbung.config.LumbungConfig;
import io.lumbung.config.OnEviction;
import io.lumbung.config.RedisConfig;
import io.lumbung.config.RedisMode;
import io.lumbung.config.Setting;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SettingsFromSpringTest {
    private final Map<String, Object> process = new LinkedHashMap<>();
    private final Map<String, Object> file = new LinkedHashMap<>();

    @Test
    void nothingSetGivesTheDefaultsOfPlainJava() {
        assertThat(config()).isEqualTo(LumbungConfig.from(Map.of()));
        assertThat(settings().mentionRedis()).isFalse();
    }

    @Test
    void lumbungComesBeforeTheVariablesAndThoseBeforeSpringsOwn() {
        file.put("spring.data.redis.host", "spring.example");
        file.put("spring.data.redis.port", "1");
        file.put("spring.data.redis.database", "1");
        assertThat(redis().host()).isEqualTo("spring.example");

        process.put("REDIS_HOST", "variable.example");
        process.put("REDIS_PORT", "2");
        assertThat(redis().host()).isEqualTo("variable.example");

        file.put("lumbung.redis.host", "lumbung.example");
        assertThat(redis().host()).isEqualTo("lumbung.example");
        assertThat(redis().port()).isEqualTo(2);
        assertThat(redis().db()).isEqualTo(1);
    }

    @Test
    void anImportedEnvironmentFileCountsAsTheEnvironment() {
        file.put("REDIS_HOST", "dotenv.example");
        file.put("spring.data.redis.host", "spring.example");
        assertThat(redis().host()).isEqualTo("dotenv.example");

        process.put("REDIS_HOST", "variable.example");
        assertThat(redis().host()).isEqualTo("variable.example");
    }

    @Test
    void propertiesMayBeSpelledAsSpringAllows() {
        process.put("LUMBUNG_REDIS_POOL_SIZE", "7");
        file.put("lumbung.redis.readTimeout", "4s");
        file.put("lumbung.redis.db", 3);

        assertThat(redis().poolSize()).isEqualTo(7);
        assertThat(redis().readTimeout()).isEqualTo(Duration.ofSeconds(4));
        assertThat(redis().db()).isEqualTo(3);
    }

    @Test
    void springsListsOfNodesAreRead() {
        file.put("spring.data.redis.cluster.nodes[0]", "a:1");
        file.put("spring.data.redis.cluster.nodes[1]", "b:2");
        assertThat(redis().address()).isEqualTo("a:1,b:2");
        assertThat(settings().mentionRedis()).isTrue();

        file.clear();
        file.put("spring.data.redis.sentinel.master", "mymaster");
        file.put("spring.data.redis.sentinel.nodes", "s1:26379,s2:26379");
        assertThat(redis().mode()).isEqualTo(RedisMode.SENTINEL);
        assertThat(redis().sentinelMaster()).hasValue("mymaster");
    }

    @Test
    void aBeansAddressWinsAndTheRestIsStillRead() {
        file.put("lumbung.redis.url", "redis://property.example");
        file.put("lumbung.redis.pool-size", "2");

        LumbungConfig config = settings().config(Optional.of("redis://bean.example:7777"));

        assertThat(config.redis().address()).isEqualTo("bean.example:7777");
        assertThat(config.redis().poolSize()).isEqualTo(2);
    }

    @Test
    void aPasswordFromTheEnvironmentIsNotReadAsAPlaceholder() {
        process.put("REDIS_PASSWORD", "a${b}c#{1}");

        assertThat(redis().password().value()).isEqualTo("a${b}c#{1}");
    }

    @Test
    void theEmbeddedServersProgramDoesNotMentionRedis() {
        process.put("LUMBUNG_REDIS_SERVER", "/usr/bin/redis-server");
        assertThat(settings().mentionRedis()).isFalse();

        process.put("REDIS_HOST", "");
        assertThat(settings().mentionRedis()).as("blank is not set").isFalse();
    }

    @ParameterizedTest
    @MethodSource("mentions")
    void isMentionedBy(String name, String value) {
        file.put(name, value);

        assertThat(settings().mentionRedis()).isTrue();
    }

    static Stream<Arguments> mentions() {
        return Stream.of(
                Arguments.of("REDIS_URL", "redis://localhost"),
                Arguments.of("REDIS_HOST", "localhost"),
                Arguments.of("lumbung.redis.url", "redis://localhost"),
                Arguments.of("lumbung.redis.host", "localhost"),
                Arguments.of("lumbung.redis.pool-size", "3"),
                Arguments.of("spring.data.redis.url", "redis://localhost"),
                Arguments.of("spring.data.redis.sentinel.nodes", "a:1"));
    }

    /** Every setting: a right value other than the default, and where it ends up. */
    static Stream<Arguments> everySetting() {
        Map<String, String> others = new LinkedHashMap<>();
        others.put("lumbung.redis.url", "redis://other.example:1/2");
        others.put("lumbung.redis.host", "other.example");
        others.put("lumbung.redis.port", "1234");
        others.put("lumbung.redis.username", "ana");
        others.put("lumbung.redis.password", "secret");
        others.put("lumbung.redis.db", "3");
        others.put("lumbung.redis.mode", "cluster");
        others.put("lumbung.redis.sentinel-username", "sue");
        others.put("lumbung.redis.sentinel-password", "hidden");
        others.put("lumbung.redis.max-retries", "1");
        others.put("lumbung.redis.pool-size", "6");
        others.put("lumbung.redis.min-idle-conns", "2");
        others.put("lumbung.redis.required-at-start", "false");
        others.put("lumbung.redis.tls.enabled", "true");
        others.put("lumbung.redis.tls.insecure", "true");
        others.put("lumbung.state.redis.url", "redis://state.example");
        others.put("lumbung.state.on-eviction", "refuse");
        others.put("lumbung.key-prefix", "shop");
        others.put("lumbung.events.source", "worker");
        return LumbungConfig.settings().stream()
                .map(Setting::property)
                .filter(property -> !property.startsWith("lumbung.redis.tls.") || others.containsKey(property))
                .map(property -> Arguments.of(
                        property, others.getOrDefault(property, property.endsWith("ttl") ? "1h30m" : "123ms")));
    }

    @ParameterizedTest
    @MethodSource("everySetting")
    void everySettingHasTheEffectItHasInPlainJava(String property, String text) {
        file.put("lumbung.redis.password", "p");
        file.put("lumbung.redis.sentinel-password", "p");
        file.put(property, text);

        LumbungConfig plain = LumbungConfig.builder()
                .set("lumbung.redis.password", "p")
                .set("lumbung.redis.sentinel-password", "p")
                .set(property, text)
                .build();

        assertThat(config()).isEqualTo(plain);
        if (!property.equals("lumbung.redis.tls.insecure")) {
            assertThat(plain).isNotEqualTo(LumbungConfig.from(Map.of("REDIS_PASSWORD", "p")));
        }
    }

    /** Every setting that can be wrong, with a wrong value. */
    static Stream<Arguments> everyWrongSetting() {
        List<String> anythingGoes = List.of(
                "lumbung.redis.password", "lumbung.redis.sentinel-password", "lumbung.redis.tls.trust-store-password");
        return LumbungConfig.settings().stream()
                .filter(setting -> !anythingGoes.contains(setting.property()))
                .map(setting -> Arguments.of(setting.property(), "\u0001 no such:value"));
    }

    @ParameterizedTest
    @MethodSource("everyWrongSetting")
    void everyWrongValueGivesTheMessageOfPlainJava(String property, String text) {
        file.put("lumbung.redis.password", "p");
        file.put("lumbung.redis.sentinel-password", "p");
        file.put(property, text);
        LumbungConfig.Builder plain = LumbungConfig.builder().properties(name -> (String) file.get(name));

        assertThatThrownBy(plain::build)
                .isInstanceOf(ConfigException.class)
                .satisfies(expected -> assertThatThrownBy(this::config)
                        .isInstanceOf(ConfigException.class)
                        .hasMessage(expected.getMessage())
                        .hasMessageContaining(property));
    }

    @Test
    void aWrongVariableIsNamedAsItWasWritten() {
        process.put("LUMBUNG_KEY_PREFIX", "a:b");
        assertThatThrownBy(this::config).hasMessageStartingWith("LUMBUNG_KEY_PREFIX is 'a:b'");

        process.clear();
        process.put("REDIS_PORT", "abc");
        assertThatThrownBy(this::config).hasMessageStartingWith("REDIS_PORT is 'abc': it is not a whole number");
    }

    @Test
    void evictionMayBeRefused() {
        file.put("lumbung.state.on-eviction", "REFUSE");

        assertThat(config().onEviction()).isEqualTo(OnEviction.REFUSE);
    }

    private RedisConfig redis() {
        return config().redis();
    }

    private LumbungConfig config() {
        return settings().config(Optional.empty());
    }

    private SpringSettings settings() {
        StandardEnvironment environment = new StandardEnvironment();
        environment
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, process));
        environment.getPropertySources().addLast(new MapPropertySource("application.yaml", file));
        ConfigurationPropertySources.attach(environment);
        return new SpringSettings(environment);
    }
}
