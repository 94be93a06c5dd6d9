package io.lumbung.service.account;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lumbung.session.Session;
import io.lumbung.session.SessionId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A session as its user sees it.
 *
 * @param id its public name, with which nobody gets in
 * @param userId whose it is
 * @param data what it remembers
 * @param createdAt when they logged in
 * @param expiresAt when it ends if it is not used again
 * @param lastUsedAt when its use was last noted
 * @param device where they logged in
 * @param current whether this very request was sent with it
 */
@Schema(name = "Session")
record OwnSession(
        @Schema(example = "kV0bX2m8cX1zJ0sQp7rT4w") String id,
        @JsonProperty("user_id") String userId,
        Map<String, Object> data,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("expires_at") Instant expiresAt,
        @JsonProperty("last_used_at") Instant lastUsedAt,
        Device device,
        boolean current) {

    OwnSession {
        data = Map.copyOf(data);
    }

    /** As the client told it: to be recognised by, not to be believed. */
    @Schema(name = "Device")
    record Device(
            @Schema(example = "203.0.113.7") String address,

            @Schema(example = "curl/8.5.0") @JsonProperty("user_agent")
            String userAgent) {}

    static OwnSession of(Session session, SessionId current) {
        Map<String, Object> data = new TreeMap<>();
        session.attributeNames()
                .forEach(name -> session.attribute(name, Object.class).ifPresent(value -> data.put(name, value)));
        return new OwnSession(
                session.id().text(),
                session.user().orElseThrow(),
                data,
                session.createdAt(),
                session.expiresAt(),
                session.lastUsedAt(),
                new Device(session.device().address(), session.device().userAgent()),
                session.id().equals(current));
    }
}
