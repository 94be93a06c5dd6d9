package io.lumbung.service.account;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.lumbung.service.user.UserInput;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which handle somebody wants, tidied as {@link UserInput} is.
 *
 * @param handle unique whatever its case
 */
@Schema(name = "HandleInput", requiredProperties = "handle")
record HandleInput(
        @Pattern(regexp = UserInput.HANDLE, message = UserInput.HANDLE_RULE)
        @Schema(example = "ana", pattern = "[A-Za-z0-9_.-]{3,30}", description = "Kept in lower case.")
        String handle) {

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    static HandleInput of(@Nullable String handle) {
        return new HandleInput(UserInput.handle(handle));
    }
}
