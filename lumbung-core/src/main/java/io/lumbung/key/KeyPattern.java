package io.lumbung.key;

import java.util.regex.Pattern;

/**
 * Which entries of a cache are meant, by the shape of their keys. Only {@code *} (any run of characters, {@code :}
 * included) and {@code ?} (one character) are wildcards; {@code :} separates parts; everything else is literal.
 * Immutable.
 */
public final class KeyPattern {
    private static final Pattern WILDCARD = Pattern.compile("[*?]");
    private static final String ONE_CHARACTER = "(?:(?:%[0-9A-F]{2})+?|[^%])";

    private final String glob;
    private final Pattern exact;

    private KeyPattern(String glob) {
        this.glob = glob;
        StringBuilder regex = new StringBuilder();
        int from = 0;
        var wildcards = WILDCARD.matcher(glob);
        while (wildcards.find()) {
            regex.append(Pattern.quote(glob.substring(from, wildcards.start())))
                    .append(glob.charAt(wildcards.start()) == '*' ? ".*" : ONE_CHARACTER);
            from = wildcards.end();
        }
        regex.append(Pattern.quote(glob.substring(from)));
        this.exact = Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    /** Every entry. */
    public static KeyPattern all() {
        return new KeyPattern("*");
    }

    /**
     * A glob from code. Each {@code {}} in it stands for the next of {@code values}, which is encoded: wildcards in
     * what a user typed stay characters.
     *
     * @throws IllegalArgumentException if the glob is empty, or the values are not as many as the places for them
     */
    public static KeyPattern parse(String glob, String... values) {
        if (glob.isEmpty()) {
            throw new IllegalArgumentException("a key pattern must not be empty; clear() drops every entry");
        }
        String[] literals = glob.split(Pattern.quote("{}"), -1);
        if (literals.length - 1 != values.length) {
            throw new IllegalArgumentException(
                    "'" + glob + "' has " + (literals.length - 1) + " places for values, got " + values.length);
        }
        StringBuilder text = new StringBuilder(Encoding.encodeAllBut("*?:", literals[0]));
        for (int i = 0; i < values.length; i++) {
            text.append(Encoding.part(values[i])).append(Encoding.encodeAllBut("*?:", literals[i + 1]));
        }
        return new KeyPattern(text.toString());
    }

    /**
     * Every entry whose key begins with {@code prefix}, a literal from code in which {@code :} separates parts and
     * nothing is a wildcard.
     */
    public static KeyPattern prefix(String prefix) {
        if (prefix.isEmpty()) {
            throw new IllegalArgumentException("a key prefix must not be empty; clear() drops every entry");
        }
        return new KeyPattern(Encoding.encodeAllBut(":", prefix) + "*");
    }

    /** Whether the key of this text, parts encoded and without the cache's prefix, is meant. */
    public boolean matches(String keyText) {
        return exact.matcher(keyText).matches();
    }

    /**
     * For SCAN: matches at least every key meant under {@code prefix}, and its companions; the caller still asks
     * {@link #matches}.
     */
    public String scanGlob(String prefix) {
        // A '?' of Redis is one byte, ours one character.
        return "*" + prefix + glob.replace('?', '*') + "*";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyPattern pattern && pattern.glob.equals(glob);
    }

    @Override
    public int hashCode() {
        return glob.hashCode();
    }

    @Override
    public String toString() {
        return glob;
    }
}
