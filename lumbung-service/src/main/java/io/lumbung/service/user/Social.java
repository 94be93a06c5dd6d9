package io.lumbung.service.user;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;

/**
 * A user's profile on another platform.
 *
 * @param id which profile it is
 * @param platform the platform's name in lower case, such as {@code github}
 * @param url where the profile is: an http or https address
 * @param createdAt when it was added
 */
@Schema(name = "Social")
public record Social(
        UUID id,
        @Schema(example = "mastodon") String platform,
        @Schema(example = "https://mastodon.example/@ana") String url,
        @JsonProperty("created_at") Instant createdAt) {}
