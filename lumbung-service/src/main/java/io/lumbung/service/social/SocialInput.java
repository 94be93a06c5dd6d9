package io.lumbung.service.social;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.lumbung.service.web.WebAddress;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Pattern;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says about a profile elsewhere, without outer blanks; a missing text is empty.
 *
 * @param platform a short name in lower case, so that {@code GitHub} and {@code github} are one
 * @param url where the profile is
 */
@Schema(
        name = "SocialInput",
        requiredProperties = {"platform", "url"})
record SocialInput(
        @Pattern(
                regexp = "[a-z0-9][a-z0-9-]{0,29}",
                message = "must be 1 to 30 characters of a-z, 0-9 and '-', and start with a letter or digit")
        @Schema(example = "mastodon", pattern = "[A-Za-z0-9][A-Za-z0-9-]{0,29}", description = "Kept in lower case.")
        String platform,

        @WebAddress @Schema(example = "https://mastodon.example/@ana", maxLength = WebAddress.LONGEST)
        String url) {

    @JsonCreator
    static SocialInput of(@Nullable String platform, @Nullable String url) {
        return new SocialInput(
                platform == null ? "" : platform.strip().toLowerCase(Locale.ROOT), url == null ? "" : url.strip());
    }
}
