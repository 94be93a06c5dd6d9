package io.lumbung.session;

import java.util.Arrays;
import java.util.Base64;

/** Where a session is: its bucket and its token's SHA-256. What an index holds. Immutable. */
record SessionRef(String bucket, String hash) {
    private static final int ID_BYTES = 16;

    static SessionRef parse(String member) {
        return new SessionRef(member.substring(0, 2), member.substring(3));
    }

    String member() {
        return bucket + '.' + hash;
    }

    /** The first 16 bytes of the hash. */
    SessionId id() {
        byte[] all = Base64.getUrlDecoder().decode(hash);
        return new SessionId(Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(all, ID_BYTES)));
    }
}
