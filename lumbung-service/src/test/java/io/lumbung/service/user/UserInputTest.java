package io.lumbung.service.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.validation.ValidatorFactory;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserInputTest {

    private static final ValidatorFactory FACTORY = Validation.buildDefaultValidatorFactory();
    private static final Validator VALIDATOR = FACTORY.getValidator();

    @AfterAll
    static void close() {
        FACTORY.close();
    }

    @Test
    void tidiesWhatItIsGiven() {
        UserInput input = UserInput.of("  Ana.P_-9 ", "\tAna  Putri ", " ana@example.org ", "   ");
        assertThat(input).isEqualTo(new UserInput("ana.p_-9", "Ana  Putri", "ana@example.org", null));
        assertThat(wrongFields(input)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ab",
                "a b c",
                "ana!",
                "añá",
                "\u212Aelvin",
                "an\u0000a",
                "a123456789012345678901234567890",
                "../etc"
            })
    void refusesOtherHandles(String handle) {
        assertThat(wrongFields(UserInput.of(handle, "Ana", "ana@example.org", null)))
                .containsExactly("handle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\u0000b", "a\nb", "\uD800", "a\u0085b"})
    void refusesNamesNobodyCanRead(String name) {
        assertThat(wrongFields(UserInput.of("ana", name, "ana@example.org", null)))
                .containsExactly("name");
    }

    @Test
    void acceptsNamesOfAllScripts() {
        assertThat(wrongFields(UserInput.of("ana", "𠮷野 Ñandú 🌾", "ana@example.org", "one\ntwo\tthree")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "ana", "ana@", "@example.org", "a@b@c.org", "ana@exa mple.org", "an\u0001a@example.org"})
    void refusesWhatIsNoMailAddress(String email) {
        assertThat(wrongFields(UserInput.of("ana", "Ana", email, null))).contains("email");
    }

    @Test
    void refusesTextsThatAreTooLong() {
        UserInput input = UserInput.of("ana", "x".repeat(101), "a@" + "x".repeat(254), "x".repeat(501));
        assertThat(wrongFields(input)).containsExactly("bio", "email", "name");
    }

    @Test
    void everythingMissingIsToldAtOnce() {
        assertThat(wrongFields(UserInput.of(null, null, null, null))).containsExactly("email", "handle", "name");
    }

    @Test
    void aSearchIsTakenLiterally() {
        assertThat(new UserQuery(" 100%_\\ ", 1, 10).pattern()).isEqualTo("%100\\%\\_\\\\%");
        assertThat(new UserQuery("", Integer.MAX_VALUE, 100).offset()).isEqualTo(214_748_364_600L);
    }

    @Test
    void aQueryCannotBeWrong() {
        assertThatThrownBy(() -> new UserQuery("", 0, 10)).hasMessageContaining("page");
        assertThatThrownBy(() -> new UserQuery("", 1, 0)).hasMessageContaining("limit");
        assertThatThrownBy(() -> new UserQuery("", 1, 101)).hasMessageContaining("limit");
    }

    private static List<String> wrongFields(UserInput input) {
        return VALIDATOR.validate(input).stream()
                .map(violation -> violation.getPropertyPath().toString())
                .distinct()
                .sorted()
                .toList();
    }
}
