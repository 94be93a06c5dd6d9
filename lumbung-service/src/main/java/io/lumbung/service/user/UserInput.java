package io.lumbung.service.user;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.lumbung.service.web.PlainText;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says about a user, tidied: outer blanks are gone, the handle is in lower case, a missing text is empty.
 *
 * @param handle unique whatever its case
 * @param name what people read
 * @param email unique whatever its case
 * @param bio null when there is none
 */
@Schema(
        name = "UserInput",
        requiredProperties = {"handle", "name", "email"})
public record UserInput(
        @Pattern(regexp = HANDLE, message = HANDLE_RULE)
        @Schema(example = "ana", pattern = "[A-Za-z0-9_.-]{3,30}", description = "Kept in lower case.")
        String handle,

        @Size(min = 1, max = 100, message = "must be 1 to 100 characters") @PlainText @Schema(example = "Ana Putri")
        String name,

        @Size(min = 3, max = 254, message = "must be 3 to 254 characters")
        @Email(message = "must be an e-mail address such as ana@example.org")
        @PlainText
        @Schema(example = "ana@example.org")
        String email,

        @Size(max = 500, message = "must be at most 500 characters")
        @PlainText(lines = true)
        @Schema(example = "Rice, code, rain.", nullable = true)
        @Nullable
        String bio) {

    /** What a handle looks like. */
    public static final String HANDLE = "[a-z0-9_.-]{3,30}";

    /** The same in words. */
    public static final String HANDLE_RULE = "must be 3 to 30 characters of a-z, 0-9, '_', '.' and '-'";

    /** What somebody typed, tidied. */
    @JsonCreator
    public static UserInput of(
            @Nullable String handle, @Nullable String name, @Nullable String email, @Nullable String bio) {
        String about = tidy(bio);
        return new UserInput(handle(handle), tidy(name), tidy(email), about.isEmpty() ? null : about);
    }

    /** A handle as it is stored: without outer blanks, in lower case. */
    public static String handle(@Nullable String typed) {
        return lowerCase(tidy(typed));
    }

    private static String tidy(@Nullable String text) {
        return text == null ? "" : text.strip();
    }

    /** Only a-z: a Kelvin sign, for one, must not pass as a k. */
    private static String lowerCase(String handle) {
        return handle.chars().allMatch(c -> c < 128) ? handle.toLowerCase(Locale.ROOT) : handle;
    }
}
