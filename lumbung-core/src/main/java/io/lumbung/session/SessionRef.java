package io.lumbung.session;

import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Pattern;

/** Where a session is: its bucket and its token's SHA-256. What an index holds. Immutable. */
record SessionRef(String bucket, String hash) {
    private static final int ID_BYTES = 16;
    private static final Pattern FORM = Pattern.compile("[a-z2-7]{2}\\.[A-Za-z0-9_-]{43}");

    /** Whether {@link #parse} can read it: another program may have written into an index. */
    static boolean isOne(String member) {
        return FORM.matcher(member).matches();
    }

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
