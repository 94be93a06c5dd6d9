package io.lumbung.session;

import java.util.List;

/** What became of a session that was to be created. */
public sealed interface CreateResult {
    /**
     * It is there.
     *
     * @param token shown here and never again
     * @param evicted what was destroyed to make room
     */
    record Created(SessionToken token, Session session, List<SessionId> evicted) implements CreateResult {
        public Created {
            evicted = List.copyOf(evicted);
        }
    }

    /** Its user has as many as there may be; see {@link SessionPolicy.WhenFull#REJECT}. */
    record Rejected(long live) implements CreateResult {}
}
