package io.lumbung.config;

import java.util.Locale;

/** How values appear in messages: on one line, short, and without what could be a password. */
final class Shown {
    private static final int LONGEST = 120;

    private Shown() {}

    static String secret() {
        return "***";
    }

    /** A value in quotes. Whatever looks like user info is hidden, even where no URL belongs. */
    static String plain(String text) {
        return "'" + clean(text.indexOf('@') >= 0 || text.contains("://") ? hidden(text) : text) + "'";
    }

    /** A URL in quotes without its user info and the values of its options. */
    static String url(String text) {
        return "'" + clean(hidden(text)) + "'";
    }

    private static String hidden(String text) {
        int scheme = text.indexOf("://");
        String start = scheme < 0 ? "" : text.substring(0, scheme + 3);
        if (start.indexOf('@') >= 0) {
            return "***";
        }
        String rest = text.substring(start.length());
        int authorityEnd = RedisUrl.authorityEnd(rest);
        int lastAt = rest.lastIndexOf('@');
        if (lastAt > authorityEnd) {
            // A password with a raw '/', '?' or '#', or an option with an '@': no telling where the secret ends.
            return start + "***";
        }
        String host = rest.substring(lastAt + 1, authorityEnd);
        if (!lookLikeHosts(host)) {
            // Perhaps a password whose '@host' was forgotten: redis://user:password
            int colon = lastAt < 0 && !host.startsWith("[") ? host.indexOf(':') : -1;
            return start + (colon > 0 ? host.substring(0, colon) + ":***" : "***");
        }
        String shown = lastAt < 0 ? rest : "***" + rest.substring(lastAt);
        int query = shown.indexOf('?');
        return start + (query < 0 ? shown : shown.substring(0, query) + "?***");
    }

    /** Each a name alone, or a name and digits; nothing else is shown. */
    private static boolean lookLikeHosts(String text) {
        for (String host : text.split(",", -1)) {
            int nameEnd = host.startsWith("[") ? host.indexOf(']') + 1 : host.indexOf(':');
            if (host.isEmpty() || nameEnd == host.length() || nameEnd < 0) {
                continue;
            }
            boolean port = host.charAt(nameEnd) == ':'
                    && host.substring(nameEnd + 1).chars().allMatch(c -> c >= '0' && c <= '9');
            if (nameEnd == 0 || !port) {
                return false;
            }
        }
        return true;
    }

    private static String clean(String text) {
        String cut = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
        var line = new StringBuilder(cut.length());
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            if (Character.isISOControl(c)
                    || Character.getType(c) == Character.FORMAT
                    || c == '\u2028'
                    || c == '\u2029') {
                line.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }
}
