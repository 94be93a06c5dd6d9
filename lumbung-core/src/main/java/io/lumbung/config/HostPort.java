package io.lumbung.config;

import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where one server listens.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without its brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]{1,32})?");

    public HostPort {
        Objects.requireNonNull(host, "host");
        if (!isHost(host)) {
            throw new IllegalArgumentException("not a host name or address: " + Shown.plain(host));
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("a port is 1 to 65535, was " + port);
        }
    }

    static boolean isHost(String text) {
        return text.length() <= 253 && (NAME.matcher(text).matches() || isIpv6(text));
    }

    /** Only what can be an IPv6 address: a name that slips through here would be looked up, never misread. */
    static boolean isIpv6(String text) {
        return IPV6.matcher(text).matches()
                && text.chars().filter(c -> c == ':').count() >= 2;
    }

    /** {@code host:port}, with brackets around an IPv6 address. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0
                ? String.format(Locale.ROOT, "[%s]:%d", host, port)
                : String.format(Locale.ROOT, "%s:%d", host, port);
    }
}
