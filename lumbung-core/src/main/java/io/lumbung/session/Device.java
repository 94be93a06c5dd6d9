package io.lumbung.session;

/**
 * What a user recognises a session by in a list. What is too long is cut, because it comes from a request.
 *
 * @param address where it was created from; at most 64 characters
 * @param userAgent what the client called itself; at most 256 characters
 */
public record Device(String address, String userAgent) {
    /** Nothing known. */
    public static final Device UNKNOWN = new Device("", "");

    public Device {
        address = cut(address, 64);
        userAgent = cut(userAgent, 256);
    }

    private static String cut(String text, int most) {
        if (text.length() <= most) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
    }
}
