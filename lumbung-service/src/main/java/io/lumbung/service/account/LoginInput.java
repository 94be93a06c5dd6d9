package io.lumbung.service.account;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.lumbung.service.user.UserInput;
import io.lumbung.service.web.PlainText;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What somebody says who has a page.
 *
 * @param handle in any case
 * @param password as it was registered
 */
@Schema(
        name = "LoginInput",
        requiredProperties = {"handle", "password"})
record LoginInput(
        @Size(min = 1, max = 30, message = "must be 1 to 30 characters") @PlainText @Schema(example = "ana")
        String handle,

        @PasswordRule(least = 1)
        @Schema(type = "string", format = "password", minLength = 1, example = "nasi goreng at dawn")
        Password password) {

    @JsonCreator
    static LoginInput of(@Nullable String handle, @Nullable Password password) {
        return new LoginInput(UserInput.handle(handle), password == null ? Password.NONE : password);
    }
}
