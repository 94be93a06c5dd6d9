package io.lumbung.service.digest;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;

/**
 * What happened on all pages in one period. Counted is what is still there when the digest is written.
 *
 * @param periodStart included
 * @param periodEnd not included
 * @param newUsers who registered
 * @param newLinks links that were added
 * @param newSocials social profiles that were added
 * @param changedUsers users from before the period who, or whose page, changed in it for the last time
 * @param writtenAt when it was written
 * @param writtenBy the instance that wrote it, by the name it gave itself when it started
 */
@Schema(name = "Digest", description = "What happened on all pages in one period.")
record Digest(
        @JsonProperty("period_start") Instant periodStart,
        @JsonProperty("period_end") Instant periodEnd,
        @JsonProperty("new_users") long newUsers,
        @JsonProperty("new_links") long newLinks,
        @JsonProperty("new_socials") long newSocials,
        @JsonProperty("changed_users") long changedUsers,
        @JsonProperty("written_at") Instant writtenAt,

        @Schema(example = "instance-3f9a2c1b") @JsonProperty("written_by")
        String writtenBy) {}
