package io.lumbung.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
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
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "([.]" + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final Pattern ZONE = Pattern.compile("%[A-Za-z0-9_.-]{1,32}");

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
        if (text.length() > 253) {
            return false;
        }
        // Digits and dots that are no address would be looked up as one: "6379" is 0.0.24.235 to the JDK.
        return NUMERIC.matcher(text).matches()
                ? IPV4.matcher(text).matches()
                : NAME.matcher(text).matches() || isIpv6(text);
    }

    static boolean isIpv6(String text) {
        int zone = text.indexOf('%');
        String address = zone < 0 ? text : text.substring(0, zone);
        if (address.indexOf(':') < 0
                || !IPV6.matcher(address).matches()
                || (zone >= 0 && !ZONE.matcher(text.substring(zone)).matches())) {
            return false;
        }
        try {
            // With a colon and inside brackets this is only ever parsed, never looked up.
            return InetAddress.getByName("[" + address + "]").getAddress().length > 0;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** {@code host:port}, with brackets around an IPv6 address. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0
                ? String.format(Locale.ROOT, "[%s]:%d", host, port)
                : String.format(Locale.ROOT, "%s:%d", host, port);
    }
}
