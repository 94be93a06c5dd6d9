package io.lumbung.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;

/**
 * What the caller names an entry by: one or more parts, joined by {@code :}. Each part is encoded on its own, so
 * whatever a user typed stays one part: it cannot reach another key, another slot or another pattern, and two
 * different lists of parts are never the same key.
 *
 * <p>Encoded (percent, UTF-8 bytes) are exactly {@code % : { } * ? [ ] \} and control characters; all else is kept
 * readable. Immutable.
 */
public final class Key {
    private final String text;

    private Key(String text) {
        this.text = text;
    }

    /**
     * A key of these parts, each of them encoded.
     *
     * @throws IllegalArgumentException if a part is empty or not valid Unicode
     */
    public static Key of(String first, String... more) {
        if (more.length == 0) {
            return new Key(Encoding.part(first));
        }
        StringBuilder text = new StringBuilder(Encoding.part(first));
        for (String part : more) {
            text.append(':').append(Encoding.part(part));
        }
        return new Key(text.toString());
    }

    /**
     * A literal from code, such as {@code "users:list"}: its {@code :} separate parts. Never pass it what a user typed.
     *
     * @throws IllegalArgumentException if a part is empty or holds a character that would have to be encoded
     */
    public static Key parse(String literal) {
        return new Key(Encoding.literal(literal));
    }

    /** A key of one short part, the SHA-256 of {@code part}: for what may be too long to be a key. */
    public static Key hashed(String part) {
        Encoding.part(part);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(part.getBytes(StandardCharsets.UTF_8));
            return new Key(Base64.getUrlEncoder().withoutPadding().encodeToString(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** This key with one more part. */
    public Key then(String part) {
        return new Key(text + ':' + Encoding.part(part));
    }

    /** This key followed by all parts of {@code more}. */
    public Key then(Key more) {
        return new Key(text + ':' + more.text);
    }

    /** Whether a character of a part had to be encoded, so that others who write the same parts plainly miss it. */
    public boolean isEncoded() {
        return text.indexOf('%') >= 0;
    }

    /** The encoded parts, joined by {@code :}. */
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Key key && key.text.equals(text);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
