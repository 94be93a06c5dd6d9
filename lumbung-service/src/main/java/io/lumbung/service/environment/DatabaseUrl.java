package io.lumbung.service.environment;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where the database is, in the words of JDBC.
 *
 * @param jdbc the JDBC URL, without credentials when they were given apart
 * @param username who connects, if the URL said so
 * @param password their password, if the URL said so
 */
record DatabaseUrl(String jdbc, Optional<String> username, Optional<String> password) {

    private static final String FIX =
            "Use postgres://USER:PASSWORD@HOST:5432/DATABASE or jdbc:postgresql://HOST:5432/DATABASE"
                    + " (percent-encode special characters in user and password).";

    /** Reads {@code jdbc:postgresql:…}, {@code postgres://…} and {@code postgresql://…}. */
    static DatabaseUrl parse(String text) {
        if (text.startsWith("jdbc:postgresql:")) {
            return new DatabaseUrl(text, Optional.empty(), Optional.empty());
        }
        if (!text.startsWith("postgres://") && !text.startsWith("postgresql://")) {
            throw new SettingException("DATABASE_URL is neither a postgres:// nor a jdbc:postgresql: URL", FIX);
        }
        try {
            return translated(new URI(text));
        } catch (URISyntaxException | IllegalArgumentException unreadable) {
            throw new SettingException("DATABASE_URL cannot be read as a URL", FIX);
        }
    }

    private static DatabaseUrl translated(URI uri) {
        String database = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (uri.getHost() == null || database.length() < 2) {
            throw new SettingException("DATABASE_URL names no host or no database", FIX);
        }
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String credentials = uri.getRawUserInfo() == null ? "" : uri.getRawUserInfo();
        int colon = credentials.indexOf(':');
        String user = colon < 0 ? credentials : credentials.substring(0, colon);
        return new DatabaseUrl(
                "jdbc:postgresql://" + uri.getHost() + port + database + query,
                user.isEmpty() ? Optional.empty() : Optional.of(decoded(user)),
                colon < 0 ? Optional.empty() : Optional.of(decoded(credentials.substring(colon + 1))));
    }

    /** A plus sign is a plus sign here; only a form means a blank by it. */
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "DatabaseUrl[credentials hidden]";
    }
}
