package io.lumbung.service.link;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.lumbung.service.web.PlainText;
import io.lumbung.service.web.WebAddress;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;

/**
 * What a caller says about a link, without outer blanks; a missing text is empty.
 *
 * @param title what the page shows
 * @param url where it leads
 */
@Schema(
        name = "LinkInput",
        requiredProperties = {"title", "url"})
record LinkInput(
        @Size(min = 1, max = 100, message = "must be 1 to 100 characters") @PlainText @Schema(example = "My garden")
        String title,

        @WebAddress @Schema(example = "https://example.org/garden", maxLength = WebAddress.LONGEST)
        String url) {

    @JsonCreator
    static LinkInput of(@Nullable String title, @Nullable String url) {
        return new LinkInput(title == null ? "" : title.strip(), url == null ? "" : url.strip());
    }
}
