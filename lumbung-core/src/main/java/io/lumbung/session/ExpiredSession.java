package io.lumbung.session;

import java.time.Instant;
import java.util.Optional;

/**
 * A session that ran out. Nothing of it is left but this.
 *
 * @param user whose it was, if it was anybody's
 * @param at when it ended, by the server's clock; earlier if it was used for longer while nobody listened
 */
public record ExpiredSession(SessionId id, Optional<String> user, Instant at) {}
