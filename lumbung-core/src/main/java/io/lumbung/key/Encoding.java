package io.lumbung.key;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The one place that knows which characters of a key mean something. */
final class Encoding {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Encoding() {}

    /** One part, encoded so that it is one part and nothing else. */
    static String part(String part) {
        if (part.isEmpty()) {
            throw new IllegalArgumentException("a key part must not be empty: leave the part out, or name it");
        }
        int clean = 0;
        while (clean < part.length() && !needsEncoding(part, clean)) {
            clean++;
        }
        return clean == part.length() ? part : encode(part, clean, "");
    }

    /** A literal whose {@code :} separate parts; nothing in it may need encoding. */
    static String literal(String literal) {
        for (String part : literal.split(":", -1)) {
            if (part.isEmpty()) {
                throw new IllegalArgumentException(
                        "'" + literal + "' has an empty part: a key literal looks like users:list");
            }
            for (int i = 0; i < part.length(); i++) {
                if (needsEncoding(part, i)) {
                    throw new IllegalArgumentException("'" + literal
                            + "' holds a character that a key literal cannot have; pass what users typed to Key.of");
                }
            }
        }
        return literal;
    }

    /** {@code text} with everything encoded but the characters of {@code kept}. */
    static String encodeAllBut(String kept, String text) {
        return encode(text, 0, kept);
    }

    /** Whether {@code text} holds a character that would have to be encoded. */
    static boolean needsEncoding(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (needsEncoding(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static String encode(String text, int clean, String kept) {
        StringBuilder encoded = new StringBuilder(text.length() + 16).append(text, 0, clean);
        for (int i = clean; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!needsEncoding(text, i) || kept.indexOf(c) >= 0) {
                encoded.append(c);
                continue;
            }
            for (byte b : String.valueOf(c).getBytes(StandardCharsets.UTF_8)) {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static boolean needsEncoding(String text, int index) {
        char c = text.charAt(index);
        if (Character.isSurrogate(c)) {
            requirePair(text, index);
            return false;
        }
        return switch (c) {
            case '%', ':', '{', '}', '*', '?', '[', ']', '\\' -> true;
            default -> Character.isISOControl(c);
        };
    }

    // Half a surrogate pair has no UTF-8 form: Java would write '?' for it, and two keys would become one.
    private static void requirePair(String text, int index) {
        char c = text.charAt(index);
        boolean paired = Character.isHighSurrogate(c)
                ? index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))
                : index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
        if (!paired) {
            throw new IllegalArgumentException("not valid Unicode: half a surrogate pair at index " + index
                    + "; a key must survive UTF-8 unchanged");
        }
    }
}
