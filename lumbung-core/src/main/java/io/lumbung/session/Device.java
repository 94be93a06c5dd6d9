package io.lumbung.session;

import java.util.regex.Pattern;

/**
 * What a user recognises a session by in a list. What is too long is cut and
 * control characters become blanks, because it comes from a request.
 *
 * @param address where it was created from; at most 64 characters
 * @param userAgent what the client called itself; at most 256 characters
 */
public record Device(String address, String userAgent) {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

    /** Nothing known. */
    public static final Device UNKNOWN = new Device("", "");

    public Device {
        address = cut(address, 64);
        userAgent = cut(userAgent, 256);
    }

    private static String cut(String given, int most) {
        String text = CONTROL.matcher(given).replaceAll(" ");
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
}
