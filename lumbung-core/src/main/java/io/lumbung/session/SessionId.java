package io.lumbung.session;

import java.util.regex.Pattern;

/** The public name of a session: for lists, URLs and logs. Nobody gets in with it. */
public record SessionId(String text) {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{22}");

    /** @throws IllegalArgumentException if no session has such an id */
    public SessionId {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("a session id is 22 letters, digits, '-' and '_', was "
                    + (text.length() > 22 ? text.length() + " characters" : "'" + text + "'"));
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
