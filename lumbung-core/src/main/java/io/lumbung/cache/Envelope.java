package io.lumbung.cache;

import io.lumbung.key.StoreKey;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of printable ASCII, then the value as JSON, so that {@code redis-cli GET} stays readable:
 *
 * <pre>
 * LB1 v AAAAAAAAAAA 0 0 - -                          an untagged entry
 * LB1 n AAAAAAAAAAA 0 0 BBBBBBBBBBB user=CCCCCCCCCCC,list=DDDDDDDDDDD
 * </pre>
 *
 * Magic and version · {@code v} value or {@code n} null · digest of cache and key · two numbers kept free for "created"
 * and "fresh until" · token of the cache · tags with their tokens. The digest makes bytes of another key, or of
 * another cache's idea of the same key, a miss.
 */
final class Envelope implements Layout {
    static final int MOST_TAGS = 8;

    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] UNTAGGED = "0 0 - -\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST = 6;
    private static final int AFTER_DIGEST = DIGEST + Tokens.LENGTH;
    private static final int FREE_NUMBERS = 2;
    private static final int LONGEST_HEADER = 32 * 1024;

    private final long seed;

    Envelope(String cache) {
        this.seed = hash(hash(0xCBF29CE484222325L, cache.getBytes(StandardCharsets.UTF_8)), new byte[1]);
    }

    @Override
    public @Nullable Entry read(StoreKey key, byte[] bytes) {
        if (bytes.length < AFTER_DIGEST + 1 + UNTAGGED.length
                || bytes[0] != 'L'
                || bytes[1] != 'B'
                || bytes[2] != '1'
                || bytes[3] != ' '
                || bytes[4] != 'v' && bytes[4] != 'n'
                || bytes[5] != ' '
                || !Tokens.isAt(bytes, DIGEST, digest(key))
                || bytes[AFTER_DIGEST] != ' ') {
            return null;
        }
        boolean isNull = bytes[4] == 'n';
        int at = AFTER_DIGEST + 1;
        if (startsWith(bytes, at, UNTAGGED)) {
            return entry(bytes, at + UNTAGGED.length, isNull, null, Map.of());
        }
        return new Header(bytes, at).read(isNull);
    }

    @Override
    public byte[] write(StoreKey key, byte @Nullable [] payload, @Nullable String namespace, Map<String, String> tags) {
        StringBuilder rest = new StringBuilder(" 0 0 ").append(namespace == null ? "-" : namespace);
        char separator = ' ';
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            rest.append(separator).append(encoded(tag.getKey())).append('=').append(tag.getValue());
            separator = ',';
        }
        byte[] tail = rest.append(tags.isEmpty() ? " -\n" : "\n").toString().getBytes(StandardCharsets.US_ASCII);
        byte[] body = payload == null ? NULL : payload;
        byte[] bytes = new byte[AFTER_DIGEST + tail.length + body.length];
        bytes[0] = 'L';
        bytes[1] = 'B';
        bytes[2] = '1';
        bytes[3] = ' ';
        bytes[4] = (byte) (payload == null ? 'n' : 'v');
        bytes[5] = ' ';
        Tokens.write(digest(key), bytes, DIGEST);
        System.arraycopy(tail, 0, bytes, AFTER_DIGEST, tail.length);
        System.arraycopy(body, 0, bytes, AFTER_DIGEST + tail.length, body.length);
        return bytes;
    }

    private long digest(StoreKey key) {
        return Tokens.mixed(hash(seed, key.bytes()));
    }

    // FNV-1a: it tells mix-ups apart, it does not have to withstand an attacker, who could write the right digest.
    private static long hash(long start, byte[] bytes) {
        long hash = start;
        for (byte b : bytes) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
        }
        return hash;
    }

    private static boolean startsWith(byte[] bytes, int offset, byte[] expected) {
        for (int i = 0; i < expected.length; i++) {
            if (bytes[offset + i] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable Entry entry(
            byte[] bytes, int payload, boolean isNull, @Nullable String namespace, Map<String, String> tags) {
        int length = bytes.length - payload;
        if (length == 0 || isNull && (length != NULL.length || !startsWith(bytes, payload, NULL))) {
            return null;
        }
        return new Entry(bytes, payload, isNull, namespace, tags);
    }

    /** A tag with everything percent-encoded that could end it, or is not printable ASCII. */
    private static String encoded(String tag) {
        StringBuilder text = new StringBuilder(tag.length());
        for (byte b : tag.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                text.append((char) b);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return text.toString();
    }

    private static boolean isPlain(int c) {
        return c > ' ' && c < 0x7F && c != '%' && c != '=' && c != ',';
    }

    /** What follows the digest, read once from left to right; -1 and null mean that it is not ours. */
    private static final class Header {
        private final byte[] bytes;
        private final int limit;
        private int at;

        Header(byte[] bytes, int at) {
            this.bytes = bytes;
            this.limit = Math.min(bytes.length, LONGEST_HEADER);
            this.at = at;
        }

        @Nullable
        Entry read(boolean isNull) {
            for (int free = 0; free < FREE_NUMBERS; free++) {
                if (!number()) {
                    return null;
                }
            }
            String namespace = null;
            if (!none(' ')) {
                namespace = token();
                if (namespace == null) {
                    return null;
                }
            }
            if (!skip(' ')) {
                return null;
            }
            Map<String, String> tags = none('\n') ? Map.of() : tags();
            return tags == null || !skip('\n') ? null : entry(bytes, at, isNull, namespace, tags);
        }

        // A token and a tag may begin with '-', so only one that stands alone means "none".
        private boolean none(char end) {
            if (at + 1 < limit && bytes[at] == '-' && bytes[at + 1] == end) {
                at++;
                return true;
            }
            return false;
        }

        private boolean number() {
            int start = at;
            while (at < limit && bytes[at] >= '0' && bytes[at] <= '9') {
                at++;
            }
            return at > start && at - start <= 16 && skip(' ');
        }

        private @Nullable Map<String, String> tags() {
            Map<String, String> tags = new LinkedHashMap<>();
            do {
                String tag = tag();
                String token = tag == null || !skip('=') ? null : token();
                if (token == null || tags.size() == MOST_TAGS || tags.put(tag, token) != null) {
                    return null;
                }
            } while (skip(','));
            return tags;
        }

        private @Nullable String tag() {
            int start = at;
            while (at < limit && (isPlain(bytes[at]) || bytes[at] == '%')) {
                at++;
            }
            String raw = new String(bytes, start, at - start, StandardCharsets.US_ASCII);
            String tag = decoded(raw);
            // Only the one form that we write is ours.
            return raw.isEmpty() || tag == null || !encoded(tag).equals(raw) ? null : tag;
        }

        private static @Nullable String decoded(String raw) {
            if (raw.indexOf('%') < 0) {
                return raw;
            }
            byte[] text = new byte[raw.length()];
            int length = 0;
            for (int i = 0; i < raw.length(); i++) {
                char c = raw.charAt(i);
                if (c != '%') {
                    text[length++] = (byte) c;
                } else if (i + 2 < raw.length()
                        && HexFormat.isHexDigit(raw.charAt(i + 1))
                        && HexFormat.isHexDigit(raw.charAt(i + 2))) {
                    text[length++] = (byte) HexFormat.fromHexDigits(raw, i + 1, i + 3);
                    i += 2;
                } else {
                    return null;
                }
            }
            return new String(text, 0, length, StandardCharsets.UTF_8);
        }

        private @Nullable String token() {
            int start = at;
            while (at < limit && at - start < Tokens.LENGTH && Tokens.isTokenCharacter(bytes[at])) {
                at++;
            }
            return at - start == Tokens.LENGTH
                    ? new String(bytes, start, Tokens.LENGTH, StandardCharsets.US_ASCII)
                    : null;
        }

        private boolean skip(char expected) {
            if (at < limit && bytes[at] == expected) {
                at++;
                return true;
            }
            return false;
        }
    }
}
