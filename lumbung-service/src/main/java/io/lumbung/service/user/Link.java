package io.lumbung.service.user;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;

/**
 * A link on a user's page.
 *
 * @param id which link it is
 * @param title what the page shows
 * @param url where it leads: an http or https address
 * @param createdAt when it was added
 */
@Schema(name = "Link")
public record Link(
        UUID id,
        @Schema(example = "My garden") String title,
        @Schema(example = "https://example.org/garden") String url,
        @JsonProperty("created_at") Instant createdAt) {}
