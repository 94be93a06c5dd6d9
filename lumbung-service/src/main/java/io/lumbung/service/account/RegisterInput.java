package io.lumbung.service.account;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.lumbung.service.user.UserInput;
import io.lumbung.service.web.PlainText;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What somebody says who wants a page, tidied as {@link UserInput} is; the password is taken as it stands.
 *
 * @param handle unique whatever its case
 * @param name what people read
 * @param email unique whatever its case
 * @param password known to nobody else
 */
@Schema(
        name = "RegisterInput",
        requiredProperties = {"handle", "name", "email", "password"})
record RegisterInput(
        @Pattern(regexp = UserInput.HANDLE, message = UserInput.HANDLE_RULE)
        @Schema(example = "ana", pattern = "[A-Za-z0-9_.-]{3,30}", description = "Kept in lower case.")
        String handle,

        @Size(min = 1, max = 100, message = "must be 1 to 100 characters") @PlainText @Schema(example = "Ana Putri")
        String name,

        @Size(min = 3, max = 254, message = "must be 3 to 254 characters")
        @Email(message = "must be an e-mail address such as ana@example.org")
        @PlainText
        @Schema(example = "ana@example.org")
        String email,

        @PasswordRule(least = 8)
        @Schema(
                type = "string",
                format = "password",
                minLength = 8,
                example = "nasi goreng at dawn",
                description = "At least 8 characters and at most 72 bytes in UTF-8, blanks included.")
        Password password) {

    @JsonCreator
    static RegisterInput of(
            @Nullable String handle, @Nullable String name, @Nullable String email, @Nullable Password password) {
        UserInput user = UserInput.of(handle, name, email, null);
        return new RegisterInput(user.handle(), user.name(), user.email(), password == null ? Password.NONE : password);
    }

    /** Without the password. */
    UserInput user() {
        return UserInput.of(handle, name, email, null);
    }
}
