package io.lumbung.service.web;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.validation.Validation;
import jakarta.validation.ValidatorFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebAddressTest {

    private static final ValidatorFactory FACTORY = Validation.buildDefaultValidatorFactory();

    private record Linked(@WebAddress String url) {}

    @AfterAll
    static void close() {
        FACTORY.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org",
                "HTTP://EXAMPLE.ORG:8080/a/b?c=d&e=%20#f",
                "https://xn--bcher-kva.example/",
                "https://[2001:db8::1]/",
                "https://mastodon.example/@ana"
            })
    void acceptsWebAddresses(String url) {
        assertThat(accepted(url)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.org",
                "//example.org",
                "javascript:alert(1)",
                "JaVaScRiPt:alert(1)",
                " javascript:alert(1)",
                "java\nscript:alert(1)",
                "data:text/html,x",
                "ftp://example.org",
                "file:///etc/passwd",
                "http:example.org",
                "https://",
                "https:///path",
                "https://bank.example@evil.example/",
                "https://user:pw@example.org/",
                "https://exa mple.org",
                "https://example.org:99999/",
                "https://example.org/<script>",
                "https://example.org/\u0000",
                "https://example.org/\u202egnp.exe"
            })
    void refusesEverythingElse(String url) {
        assertThat(accepted(url)).isFalse();
    }

    @Test
    void refusesAddressesNobodyTypes() {
        String base = "https://example.org/";
        assertThat(accepted(base + "x".repeat(WebAddress.LONGEST - base.length())))
                .isTrue();
        assertThat(accepted(base + "x".repeat(WebAddress.LONGEST - base.length() + 1)))
                .isFalse();
    }

    private static boolean accepted(String url) {
        return FACTORY.getValidator().validate(new Linked(url)).isEmpty();
    }
}
