package io.lumbung.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {
    @Test
    void givesItselfAwayOnlyWhenAsked() {
        assertThat(Secret.of("hunter2").value()).isEqualTo("hunter2");
        assertThat(Secret.of("hunter2")).hasToString("***").isEqualTo(Secret.of("hunter2"));
        assertThat(Secret.of("hunter2")).hasSameHashCodeAs(Secret.of("hunter2")).isNotEqualTo(Secret.of("hunter3"));
    }

    @Test
    void anEmptyOneIsNone() {
        assertThat(Secret.of("")).isSameAs(Secret.none()).hasToString("(none)");
        assertThat(Secret.none().isEmpty()).isTrue();
        assertThat(Secret.of(" ").isEmpty()).isFalse();
    }
}
