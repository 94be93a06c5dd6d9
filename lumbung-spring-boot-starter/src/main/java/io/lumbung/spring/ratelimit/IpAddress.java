package io.lumbung.spring.ratelimit;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address, read strictly (RFC 4291; four decimal numbers without leading zeros) and written canonically
 * (RFC 5952). Never looks up a name. Immutable.
 *
 * <p>Of our own, because strictness is all there is to it: {@code InetAddress} takes names for addresses and looks them
 * up, and the libraries read {@code ::ffff:010.2.3.4} as octal or drop blanks and zero bytes unless every leniency is
 * switched off by itself.
 */
final class IpAddress {
    private static final int V4 = 4;
    private static final int V6 = 16;
    private static final int GROUPS = 8;
    private static final int LONGEST = 45;
    private static final byte[] MAPPED = HexFormat.of().parseHex("00000000000000000000ffff");
    private static final byte[] TRANSLATED = HexFormat.of().parseHex("0064ff9b0000000000000000");

    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    static Optional<IpAddress> parse(String text) {
        if (text.isEmpty() || text.length() > LONGEST) {
            return Optional.empty();
        }
        byte[] bytes = text.indexOf(':') < 0 ? four(text) : six(text);
        return Optional.ofNullable(bytes).map(IpAddress::new);
    }

    private static byte @Nullable [] four(String text) {
        byte[] bytes = new byte[V4];
        int at = 0;
        for (int i = 0; i < V4; i++) {
            int end = i == V4 - 1 ? text.length() : text.indexOf('.', at);
            int number = end < 0 ? -1 : decimal(text, at, end);
            if (number < 0) {
                return null;
            }
            bytes[i] = (byte) number;
            at = end + 1;
        }
        return bytes;
    }

    private static int decimal(String text, int from, int to) {
        int length = to - from;
        if (length < 1 || length > 3 || length > 1 && text.charAt(from) == '0') {
            return -1;
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + c - '0';
        }
        return number <= 255 ? number : -1;
    }

    private static byte @Nullable [] six(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] whole = groups(text, true);
            return whole != null && whole.length == V6 ? whole : null;
        }
        byte[] left = gap == 0 ? new byte[0] : groups(text.substring(0, gap), false);
        byte[] right = gap + 2 == text.length() ? new byte[0] : groups(text.substring(gap + 2), true);
        // The gap stands for one group at least.
        if (left == null || right == null || left.length + right.length > V6 - 2) {
            return null;
        }
        byte[] whole = Arrays.copyOf(left, V6);
        System.arraycopy(right, 0, whole, V6 - right.length, right.length);
        return whole;
    }

    /** @param last whether an IPv4 address may end it */
    private static byte @Nullable [] groups(String text, boolean last) {
        String[] parts = text.split(":", GROUPS + 1);
        if (parts.length > GROUPS) {
            return null;
        }
        boolean dotted = last && parts[parts.length - 1].indexOf('.') >= 0;
        byte[] bytes = new byte[2 * parts.length + (dotted ? 2 : 0)];
        for (int i = 0; i < parts.length; i++) {
            if (dotted && i == parts.length - 1) {
                byte[] four = four(parts[i]);
                if (four == null) {
                    return null;
                }
                System.arraycopy(four, 0, bytes, 2 * i, V4);
            } else {
                int group = hexadecimal(parts[i]);
                if (group < 0) {
                    return null;
                }
                bytes[2 * i] = (byte) (group >> 8);
                bytes[2 * i + 1] = (byte) group;
            }
        }
        return bytes;
    }

    private static int hexadecimal(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return -1;
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!HexFormat.isHexDigit(c)) {
                return -1;
            }
            number = number << 4 | HexFormat.fromHexDigit(c);
        }
        return number;
    }

    boolean isSix() {
        return bytes.length == V6;
    }

    int bits() {
        return bytes.length * 8;
    }

    /** The IPv4 address inside an IPv6 one that only stands for it, else this one. */
    IpAddress unmapped() {
        return isMapped() ? new IpAddress(Arrays.copyOfRange(bytes, V6 - V4, V6)) : this;
    }

    boolean isMapped() {
        return starts(MAPPED) || starts(TRANSLATED);
    }

    private boolean starts(byte[] prefix) {
        return bytes.length == V6 && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    /**
     * The network it is in. Only of IPv6 addresses; and not of {@code ::1} and the like below {@code ::/64}, which is no
     * network but a handful of addresses with a meaning each.
     */
    IpAddress network(int prefix) {
        return !isSix() || lowerThan64() ? this : masked(prefix);
    }

    private boolean lowerThan64() {
        return Arrays.equals(bytes, 0, 8, new byte[8], 0, 8);
    }

    /** With every bit behind the first {@code prefix} ones cleared. */
    IpAddress masked(int prefix) {
        byte[] kept = bytes.clone();
        for (int i = 0; i < kept.length; i++) {
            int bits = Math.max(0, Math.min(8, prefix - 8 * i));
            kept[i] &= (byte) (0xff00 >> bits);
        }
        return new IpAddress(kept);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress address && Arrays.equals(address.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The canonical text. */
    @Override
    public String toString() {
        return isSix() ? sixText() : fourText(0);
    }

    private String fourText(int from) {
        return (bytes[from] & 0xff) + "." + (bytes[from + 1] & 0xff) + "." + (bytes[from + 2] & 0xff) + "."
                + (bytes[from + 3] & 0xff);
    }

    private String sixText() {
        int from = 0;
        int zeros = 0;
        for (int i = 0; i < GROUPS; i++) {
            int run = 0;
            while (i + run < GROUPS && group(i + run) == 0) {
                run++;
            }
            if (run > zeros) {
                from = i;
                zeros = run;
            }
        }
        StringBuilder text = new StringBuilder(LONGEST);
        for (int i = 0; i < GROUPS; i++) {
            if (zeros > 1 && i == from) {
                text.append("::");
                i += zeros - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(int i) {
        return (bytes[2 * i] & 0xff) << 8 | bytes[2 * i + 1] & 0xff;
    }
}
