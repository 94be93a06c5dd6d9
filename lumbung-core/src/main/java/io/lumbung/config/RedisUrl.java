package io.lumbung.config;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a URL says; {@code null} where it says nothing. A password without a user name says that there is no name.
 *
 * <p>{@code redis://[user[:password]@]host[:port][/db]}, {@code rediss://…} for TLS,
 * {@code redis-sentinel://[user[:password]@]host[:port],…[/db]#master}, and several hosts after {@code redis://} as
 * seeds of a Cluster. User info is percent-encoded. No message made here repeats a part that could be a password.
 */
record RedisUrl(
        List<HostPort> nodes,
        @Nullable String sentinelMaster,
        boolean tls,
        @Nullable String username,
        @Nullable Secret password,
        @Nullable Integer db) {
    private static final int REDIS_PORT = 6379;
    private static final int SENTINEL_PORT = 26_379;
    private static final int MOST_NODES = 1_000;
    private static final int LONGEST = 16_384;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
    private static final String ENCODE =
            "Write '/', '?', '#', '@', ':' and '%' in a user name or password as %2F, %3F, %23, %40, %3A and %25";

    static RedisUrl parse(String text) throws Wrong {
        int colon = text.indexOf("://");
        if (text.length() > LONGEST) {
            throw new Wrong("it is too long for a URL");
        }
        if (colon < 0) {
            throw new Wrong(
                    "it has no scheme",
                    "Begin with redis://, rediss:// or redis-sentinel://, for example redis://localhost:6379/0");
        }
        String scheme = text.substring(0, colon).toLowerCase(Locale.ROOT);
        boolean sentinel;
        boolean tls;
        switch (scheme) {
            case "redis" -> {
                sentinel = false;
                tls = false;
            }
            case "rediss" -> {
                sentinel = false;
                tls = true;
            }
            case "redis-sentinel" -> {
                sentinel = true;
                tls = false;
            }
            case "rediss-sentinel" -> {
                sentinel = true;
                tls = true;
            }
            default ->
                throw new Wrong(
                        "its scheme is not one of redis, rediss, redis-sentinel, rediss-sentinel",
                        "Begin with redis://, rediss:// or redis-sentinel://, for example redis://localhost:6379/0");
        }
        return parse(text.substring(colon + 3), sentinel, tls);
    }

    private static RedisUrl parse(String rest, boolean sentinel, boolean tls) throws Wrong {
        int authorityEnd = authorityEnd(rest);
        if (rest.indexOf('@', authorityEnd) >= 0) {
            throw new Wrong("it has an '@' behind the host, so a user name or password is not percent-encoded", ENCODE);
        }
        String tail = rest.substring(authorityEnd);
        int fragmentAt = tail.indexOf('#');
        String fragment = fragmentAt < 0 ? "" : tail.substring(fragmentAt + 1);
        String pathAndQuery = fragmentAt < 0 ? tail : tail.substring(0, fragmentAt);
        int queryAt = pathAndQuery.indexOf('?');
        String query = queryAt < 0 ? "" : pathAndQuery.substring(queryAt + 1);
        String path = queryAt < 0 ? pathAndQuery : pathAndQuery.substring(0, queryAt);

        String authority = rest.substring(0, authorityEnd);
        int at = authority.lastIndexOf('@');
        String userInfo = at < 0 ? "" : authority.substring(0, at);
        int separator = userInfo.indexOf(':');
        String username = decoded(separator < 0 ? userInfo : userInfo.substring(0, separator));
        String password = separator < 0 ? "" : decoded(userInfo.substring(separator + 1));

        return new RedisUrl(
                nodes(authority.substring(at + 1), sentinel ? SENTINEL_PORT : REDIS_PORT),
                master(fragmentAt >= 0, fragment, option(query, sentinel), sentinel),
                tls,
                username.isEmpty() && password.isEmpty() ? null : username,
                password.isEmpty() ? null : Secret.of(password),
                db(path));
    }

    /** Where the hosts end and path, options or fragment begin. */
    static int authorityEnd(String rest) {
        for (int i = 0; i < rest.length(); i++) {
            if ("/?#".indexOf(rest.charAt(i)) >= 0) {
                return i;
            }
        }
        return rest.length();
    }

    /** A list as {@code host:port,host:port}; a missing port is {@code defaultPort}. */
    static List<HostPort> nodes(String text, int defaultPort) throws Wrong {
        String[] parts = text.split(",", -1);
        if (parts.length > MOST_NODES) {
            throw new Wrong("it has more than " + MOST_NODES + " hosts");
        }
        List<HostPort> nodes = new ArrayList<>();
        for (String part : parts) {
            HostPort node = node(part.strip(), defaultPort);
            if (nodes.contains(node)) {
                throw new Wrong("it names the same host and port twice");
            }
            nodes.add(node);
        }
        return List.copyOf(nodes);
    }

    private static HostPort node(String text, int defaultPort) throws Wrong {
        String host;
        String port;
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            host = close < 0 ? "" : text.substring(1, close).replace("%25", "%");
            port = close < 0 ? "" : text.substring(close + 1);
            if (!HostPort.isIpv6(host)) {
                throw new Wrong("what stands in brackets is not an IPv6 address", "Write it as [::1]:6379");
            }
            if (!port.isEmpty() && port.charAt(0) != ':') {
                throw new Wrong("a ':' is missing behind the brackets", "Write it as [::1]:6379");
            }
        } else {
            int colon = text.indexOf(':');
            host = colon < 0 ? text : text.substring(0, colon);
            port = colon < 0 ? "" : text.substring(colon);
            if (port.indexOf(':', 1) > 0) {
                throw new Wrong("it has more than one ':' in a host", "Put an IPv6 address in brackets: [::1]:6379");
            }
        }
        if (host.isEmpty()) {
            throw new Wrong("its host is empty", "Name the host, for example redis://localhost:6379/0");
        }
        if (!HostPort.isHost(host)) {
            throw new Wrong(
                    "its host is not a name or address",
                    "Use letters, digits, '.', '-' and '_', or an IPv6 address in brackets");
        }
        return new HostPort(host, port.isEmpty() ? defaultPort : port(port.substring(1)));
    }

    static int port(String text) throws Wrong {
        if (!NUMBER.matcher(text).matches()) {
            throw new Wrong("its port is not a number", "Give a port from 1 to 65535");
        }
        long port = Long.parseLong(text);
        if (port < 1 || port > 65_535) {
            throw new Wrong("its port is not from 1 to 65535", "Give a port from 1 to 65535");
        }
        return (int) port;
    }

    private static @Nullable Integer db(String path) throws Wrong {
        if (path.isEmpty() || path.equals("/")) {
            return null;
        }
        String number = path.substring(1);
        if (!NUMBER.matcher(number).matches() || Long.parseLong(number) > Integer.MAX_VALUE) {
            throw new Wrong(
                    "its path is not the number of a database",
                    "End with the database's number, for example redis://localhost:6379/0");
        }
        return Integer.valueOf(number);
    }

    /** The only option there is: the name of the primary, as some clients write it. */
    private static @Nullable String option(String query, boolean sentinel) throws Wrong {
        String master = null;
        for (String option : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            if (!sentinel || !name.equals("sentinelMasterId") || equals < 0 || master != null) {
                throw unknownOption(name.toLowerCase(Locale.ROOT), sentinel);
            }
            master = decoded(option.substring(equals + 1));
        }
        return master;
    }

    private static Wrong unknownOption(String name, boolean sentinel) {
        if (name.contains("pass") || name.contains("auth") || name.contains("user")) {
            return new Wrong(
                    "it carries a user name or password as an option, where logs and proxies show it",
                    "Write redis://user:password@host:port/db, or set REDIS_PASSWORD");
        }
        if (name.contains("ssl") || name.contains("tls") || name.contains("verify") || name.contains("cert")) {
            return new Wrong(
                    "TLS is not set by options of the URL",
                    "Use rediss:// and lumbung.redis.tls.*; only lumbung.redis.tls.insecure=true stops checking certificates");
        }
        if (name.contains("timeout")) {
            return new Wrong("timeouts are not options of the URL", "Set REDIS_READ_TIMEOUT or REDIS_WRITE_TIMEOUT");
        }
        return new Wrong(
                "it has an option that is not known, or twice",
                sentinel
                        ? "Remove everything from '?' on; only ?sentinelMasterId=NAME is understood"
                        : "Remove everything from '?' on; the database goes into the path");
    }

    private static @Nullable String master(
            boolean hasFragment, String fragment, @Nullable String option, boolean sentinel) throws Wrong {
        if (!sentinel) {
            if (hasFragment) {
                throw new Wrong(
                        "it has a '#', which only redis-sentinel:// uses",
                        "Remove it, or write %23 if it belongs to a password");
            }
            return null;
        }
        String named = decoded(fragment);
        if (!named.isEmpty() && option != null && !named.equals(option)) {
            throw new Wrong("it names two primaries", "Name it once, behind the '#'");
        }
        String master = named.isEmpty() && option != null ? option : named;
        if (master.isEmpty()) {
            throw new Wrong(
                    "it does not name the primary to ask the Sentinels for",
                    "End with its name, for example redis-sentinel://host:26379#mymaster");
        }
        if (!isMaster(master)) {
            throw new Wrong(
                    "its primary's name has characters Sentinel does not allow",
                    "Use the name from 'sentinel monitor NAME': letters, digits, '.', '-' and '_'");
        }
        return master;
    }

    static boolean isMaster(String name) {
        return name.matches("[A-Za-z0-9._-]{1,128}");
    }

    private static String decoded(String text) throws Wrong {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                bytes.put(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                throw new Wrong("it has a '%' that is not followed by two hexadecimal digits", ENCODE);
            }
            bytes.put((byte) (high << 4 | low));
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new Wrong("what its '%' escapes encode is not UTF-8", ENCODE);
        }
    }
}
