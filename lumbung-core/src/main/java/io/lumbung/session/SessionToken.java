package io.lumbung.session;

import io.lumbung.key.KeySpace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * What its bearer shows to be let in: 256 random bits behind the two letters of a bucket. It goes into a cookie and
 * nowhere else; Redis, logs and URLs only ever see its SHA-256, and {@link #toString()} hides it. Immutable.
 */
public final class SessionToken {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 32;
    /** How many letters name the bucket. */
    private static final int BUCKET = 2;

    private static final int LENGTH = BUCKET + 1 + 43;

    private final String text;
    private final SessionRef ref;

    private SessionToken(String text) {
        this.text = text;
        this.ref = new SessionRef(text.substring(0, 2), hash(text));
    }

    static SessionToken fresh(String bucket) {
        byte[] random = new byte[BYTES];
        RANDOM.nextBytes(random);
        return new SessionToken(bucket + '.' + base64(random));
    }

    static SessionToken inAnyBucket() {
        return fresh(KeySpace.sessionBucket(RANDOM.nextInt(1024)));
    }

    /** The token of this text, or empty if no token looks like it; no I/O. */
    public static Optional<SessionToken> parse(String text) {
        return hasForm(text) ? Optional.of(new SessionToken(text)) : Optional.empty();
    }

    // A loop: each request passes here, and a pattern takes ten times as long.
    private static boolean hasForm(String text) {
        if (text.length() != LENGTH || text.charAt(BUCKET) != '.') {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            char one = text.charAt(i);
            boolean letter = one >= 'a' && one <= 'z';
            boolean good = i < BUCKET
                    ? letter || one >= '2' && one <= '7'
                    : i == BUCKET
                            || letter
                            || one >= 'A' && one <= 'Z'
                            || one >= '0' && one <= '9'
                            || one == '-'
                            || one == '_';
            if (!good) {
                return false;
            }
        }
        return true;
    }

    /** The secret itself: for the cookie. */
    public String text() {
        return text;
    }

    /** What may be shown of the session it belongs to. */
    public SessionId id() {
        return ref.id();
    }

    SessionRef ref() {
        return ref;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SessionToken token && token.ref.equals(ref);
    }

    @Override
    public int hashCode() {
        return ref.hashCode();
    }

    @Override
    public String toString() {
        return "st_****";
    }

    private static String hash(String text) {
        try {
            return base64(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
