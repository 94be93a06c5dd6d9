package io.lumbung.spring.ratelimit;

import java.util.Optional;

/**
 * A header in which proxies tell whom they speak for, read from its end: what the nearest proxy wrote stands last, and
 * nothing to the left of it can change how it is read.
 */
enum ClientIpHeader {
    /** {@code 203.0.113.7, 10.0.0.2}: the name of the header may be another one. */
    LIST {
        @Override
        int comma(String text, int end) {
            return text.lastIndexOf(',', end - 1);
        }

        @Override
        Optional<IpAddress> hop(String element) {
            return node(element);
        }
    },
    /** {@code for=203.0.113.7;proto=https, for="[2001:db8::1]:4711"} (RFC 7239). */
    FORWARDED {
        @Override
        int comma(String text, int end) {
            boolean quoted = false;
            for (int i = end - 1; i >= 0; i--) {
                char c = text.charAt(i);
                quoted ^= c == '"';
                if (c == ',' && !quoted) {
                    return i;
                }
            }
            return -1;
        }

        @Override
        Optional<IpAddress> hop(String element) {
            // Nothing we understand needs an escape, and one could hide where a quoted text ends.
            if (element.indexOf('\\') >= 0) {
                return Optional.empty();
            }
            String found = null;
            for (String pair : element.split(";", -1)) {
                String stripped = strip(pair);
                if (stripped.regionMatches(true, 0, "for=", 0, 4)) {
                    if (found != null) {
                        return Optional.empty();
                    }
                    found = stripped.substring(4);
                }
            }
            return found == null ? Optional.empty() : quotedOrToken(found);
        }

        private Optional<IpAddress> quotedOrToken(String value) {
            if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
                return node(value.substring(1, value.length() - 1));
            }
            // A colon outside of quotes is not what the standard allows.
            return value.indexOf(':') < 0 ? node(value) : Optional.empty();
        }
    };

    private static final int LONGEST_HOP = 512;

    /** Where the comma before the last element of {@code text} up to {@code end} is, or -1. */
    abstract int comma(String text, int end);

    /** The address that one element names, if it names one. */
    abstract Optional<IpAddress> hop(String element);

    static ClientIpHeader named(String header) {
        return header.equalsIgnoreCase("Forwarded") ? FORWARDED : LIST;
    }

    /** The element between {@code comma} and {@code end}. */
    Optional<IpAddress> hop(String text, int comma, int end) {
        return end - comma > LONGEST_HOP ? Optional.empty() : hop(strip(text.substring(comma + 1, end)));
    }

    /** An address, alone or with a port, in brackets if it is an IPv6 one with a port. */
    private static Optional<IpAddress> node(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end > 0 && isPort(text, end + 1)
                    ? IpAddress.parse(text.substring(1, end)).filter(IpAddress::isSix)
                    : Optional.empty();
        }
        int colon = text.indexOf(':');
        if (colon >= 0 && colon == text.lastIndexOf(':')) {
            return isPort(text, colon) ? IpAddress.parse(text.substring(0, colon)) : Optional.empty();
        }
        return IpAddress.parse(text);
    }

    /** Whether {@code text} ends at {@code at}, or goes on with a port. */
    private static boolean isPort(String text, int at) {
        return at == text.length() || text.substring(at).matches(":[0-9]{1,5}");
    }

    private static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
