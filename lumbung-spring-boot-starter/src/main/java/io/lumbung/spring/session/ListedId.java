package io.lumbung.spring.session;

import io.lumbung.session.Session;
import io.lumbung.session.SessionId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a session that was found in a user's list goes by: public id and user, which is never a token. */
record ListedId(SessionId id, String user) {
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{22})@(.*\\S.*)", Pattern.DOTALL);

    static ListedId of(Session session, String user) {
        return new ListedId(session.id(), user);
    }

    /** Empty if it is none, for example a token. */
    static Optional<ListedId> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new ListedId(new SessionId(form.group(1)), form.group(2)))
                : Optional.empty();
    }

    String text() {
        return id.text() + '@' + user;
    }
}
