package io.lumbung.service.user;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A user as the service shows them: the only form that leaves it, and the only form that is cached.
 *
 * <p>It holds nothing secret; what belongs to the account only, such as a password's hash, has no place here.
 *
 * @param id who it is
 * @param handle the short name in addresses, lower case, nobody else's
 * @param name the name people read
 * @param email the address, nobody else's
 * @param bio a few sentences, or null
 * @param links the links of the page, oldest first
 * @param socials the profiles elsewhere, oldest first
 * @param createdAt when the user registered
 * @param updatedAt when anything shown here last changed
 */
@Schema(name = "User", description = "A user with links and social profiles, as the service shows them.")
public record User(
        UUID id,
        @Schema(example = "ana") String handle,
        @Schema(example = "Ana Putri") String name,
        @Schema(example = "ana@example.org") String email,

        @Schema(example = "Rice, code, rain.", nullable = true) @Nullable
        String bio,

        List<Link> links,
        List<Social> socials,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("updated_at") Instant updatedAt) {

    public User {
        links = List.copyOf(links);
        socials = List.copyOf(socials);
    }
}
