package io.lumbung.service.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.password.PasswordEncoder;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class PasswordTest {

    private static final ValidatorFactory FACTORY = Validation.buildDefaultValidatorFactory();
    private static final Validator VALIDATOR = FACTORY.getValidator();
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String LENGTHS = "must be at least 8 characters and at most 72 bytes in UTF-8; it has ";

    @AfterAll
    static void close() {
        FACTORY.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "12345678",
                "nasi goreng at dawn",
                " leading and trailing ",
                "пароль из слов",
                "パスワード一二三",
                "🌾🌾🌾🌾🌾🌾🌾🌾",
                "ééééééééééééééééééééééééééééééééééée",
                "\"}{'--\\ <script>"
            })
    void peopleMayUseWhatTheyCanType(String text) {
        assertThat(problems(text)).isEmpty();
    }

    @Test
    void seventyTwoBytesAreTakenAndOneMoreIsRefusedWhateverTheCharacters() {
        assertThat(problems("x".repeat(72))).isEmpty();
        assertThat(problems("x".repeat(73))).containsExactly(LENGTHS + "73 bytes");
        assertThat(problems("🌾".repeat(18))).isEmpty();
        assertThat(problems("🌾".repeat(18) + "x")).containsExactly(LENGTHS + "73 bytes");
        assertThat(problems("x".repeat(60_000))).containsExactly(LENGTHS + "60000 bytes");
    }

    @Test
    void charactersAreCountedNotBytesAndNotHalvesOfCharacters() {
        assertThat(problems("x".repeat(7))).containsExactly(LENGTHS + "7 characters");
        assertThat(problems("x")).containsExactly(LENGTHS + "1 character");
        assertThat(problems("🌾".repeat(7))).containsExactly(LENGTHS + "7 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000bcdefgh", "abcdefgh\n", "\uD800bcdefghi"})
    void whatNobodyCanTypeIsRefused(String text) {
        assertThat(problems(text)).containsExactly("must not contain control characters or broken characters");
    }

    @Test
    void aBlankOrMissingOneIsRefused() {
        assertThat(problems(""))
                .containsExactly("must be at least 8 characters and at most 72 bytes in UTF-8; it is missing or empty");
        assertThat(problems("         ")).containsExactly("must not be blank");
        assertThat(VALIDATOR.validate(RegisterInput.of("ana", "Ana", "ana@example.org", null)))
                .hasSize(1);
    }

    @Test
    void aLoginAsksOnlyThatItCanBeLookedAt() {
        assertThat(VALIDATOR.validate(LoginInput.of("Ana ", new Password("x")))).isEmpty();
        assertThat(LoginInput.of("Ana ", null).handle()).isEqualTo("ana");
        assertThat(VALIDATOR.validate(LoginInput.of("ana", new Password("x".repeat(73)))))
                .hasSize(1);
        assertThat(VALIDATOR.validate(LoginInput.of("a\u0000na", new Password("x"))))
                .hasSize(1);
        assertThat(VALIDATOR.validate(LoginInput.of(null, null))).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "e\u0301tudier demain, \u00e9tudier demain",
        "\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44, password"
    })
    void twoSpellingsOfTheSameCharactersAreOnePassword(String one, String other) {
        assertThat(new Password(one)).isEqualTo(new Password(other));
    }

    @Test
    void itIsInNoTextOfWhatHoldsIt() {
        Password secret = new Password("nasi goreng");
        assertThat(List.of(
                        secret,
                        RegisterInput.of("ana", "Ana", "ana@example.org", secret),
                        LoginInput.of("ana", secret),
                        new CredentialStore.Credentials(java.util.UUID.randomUUID(), "nasi goreng")))
                .allSatisfy(holder -> assertThat(holder.toString()).doesNotContain("nasi"));
        assertThat(VALIDATOR.validate(RegisterInput.of("ana", "Ana", "ana@example.org", new Password("nasi"))))
                .singleElement()
                .satisfies(violation -> assertThat(violation.toString()).doesNotContain("nasi"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"81276354", "8127.6354", "true", "[\"81276354\"]", "{\"a\":\"81276354\"}"})
    void whatIsNoTextIsNotQuoted(String json) {
        assertThatThrownBy(() -> JSON.readValue("{\"handle\":\"ana\",\"password\":" + json + "}", LoginInput.class))
                .isInstanceOf(JacksonException.class)
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("81276354", "8127.6354"));
    }

    @Test
    void ofNoTwoHashesAreAlikeAndEachKnowsItsOwnPassword() {
        Passwords passwords = new Passwords();
        Password right = new Password("x".repeat(72));
        String hash = passwords.hash(right);
        assertThat(hash).startsWith("{bcrypt}$2a$10$").isNotEqualTo(passwords.hash(right));
        assertThat(passwords.matches(right, Optional.of(hash))).isTrue();
        assertThat(passwords.matches(new Password("x".repeat(71) + "y"), Optional.of(hash)))
                .isFalse();
        assertThat(passwords.matches(right, Optional.empty())).isFalse();
    }

    @Test
    void whereThereIsNoHashTheSameWorkIsDone() {
        Counting encoder = new Counting();
        Passwords passwords = new Passwords(encoder);
        assertThat(encoder.encoded.get()).isEqualTo(1);
        for (Optional<String> hash : List.of(Optional.<String>empty(), Optional.of("another"))) {
            encoder.matched.set(0);
            passwords.matches(new Password("anything"), hash);
            assertThat(encoder.matched).hasValue(1);
        }
        assertThat(encoder.encoded.get()).isEqualTo(1);
    }

    private static List<String> problems(String password) {
        return VALIDATOR.validate(RegisterInput.of("ana", "Ana", "ana@example.org", new Password(password))).stream()
                .map(ConstraintViolation::getMessage)
                .toList();
    }

    private static final class Counting implements PasswordEncoder {

        private final AtomicInteger encoded = new AtomicInteger();
        private final AtomicInteger matched = new AtomicInteger();

        @Override
        public String encode(CharSequence password) {
            encoded.incrementAndGet();
            return "hash";
        }

        @Override
        public boolean matches(CharSequence password, String hash) {
            matched.incrementAndGet();
            return false;
        }
    }
}
