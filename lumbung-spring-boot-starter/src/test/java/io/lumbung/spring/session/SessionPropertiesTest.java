package io.lumbung.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.config.ConfigException;
import io.lumbung.session.SessionPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class SessionPropertiesTest {
    private static SessionProperties with(Map<String, ?> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate(SessionProperties.PREFIX, SessionProperties.class);
    }

    @Test
    void withoutAnyThePolicyIsTheStandardOne() {
        assertThat(with(Map.of()).policy(Optional.empty())).isEqualTo(SessionPolicy.standard());
        assertThat(with(Map.of()).policy(Optional.of(Duration.ofHours(24)))).isEqualTo(SessionPolicy.standard());
    }

    @Test
    void eachSettingWinsOverThePreset() {
        SessionPolicy policy = with(Map.of(
                        "lumbung.session.preset", "nist-aal2",
                        "lumbung.session.absolute-life", "8h",
                        "lumbung.session.max-per-user", "3",
                        "lumbung.session.when-full", "reject",
                        "lumbung.session.touch-every", "10s",
                        "lumbung.session.grace", "0s",
                        "lumbung.session.expiry-events", "true"))
                .policy(Optional.of(Duration.ofMinutes(20)));

        assertThat(policy)
                .isEqualTo(new SessionPolicy(
                        Duration.ofMinutes(20),
                        Duration.ofHours(8),
                        3,
                        SessionPolicy.WhenFull.REJECT,
                        Duration.ofSeconds(10),
                        Duration.ZERO,
                        SessionPolicy.LARGEST_DATA,
                        true));
    }

    @Test
    void everyPresetHasItsName() {
        Map<String, SessionPolicy> presets = Map.of(
                "standard", SessionPolicy.standard(),
                "nist-aal1", SessionPolicy.nistAal1(),
                "nist-aal2", SessionPolicy.nistAal2(),
                "nist-aal3", SessionPolicy.nistAal3(),
                "owasp-low-risk", SessionPolicy.owaspLowRisk(),
                "owasp-high-value", SessionPolicy.owaspHighValue());
        assertThat(SessionPreset.values()).hasSize(presets.size());
        presets.forEach((name, policy) -> assertThat(
                        with(Map.of("lumbung.session.preset", name)).policy(Optional.empty()))
                .as(name)
                .isEqualTo(policy));
    }

    @Test
    void aWrongSettingIsNamed() {
        assertThatThrownBy(() ->
                        with(Map.of("lumbung.session.max-per-user", "501")).policy(Optional.empty()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lumbung.session.max-per-user")
                .hasMessageContaining("501");
        assertThatThrownBy(
                        () -> with(Map.of("lumbung.session.touch-every", "7h")).policy(Optional.empty()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("lumbung.session.touch-every");
        assertThatThrownBy(() ->
                        with(Map.of("lumbung.session.absolute-life", "1h")).policy(Optional.empty()))
                .hasMessageContaining("lumbung.session.absolute-life");
    }
}
