package io.lumbung.cache;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Random 64-bit tokens, written as 11 characters of base64url; no two of one process are equal. */
final class Tokens {
    static final int LENGTH = 11;

    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);

    // SplitMix64: an odd step and a mix that is one to one, so the cycle has full length.
    private final AtomicLong state = new AtomicLong(new SecureRandom().nextLong());

    String next() {
        byte[] text = new byte[LENGTH];
        write(mixed(state.addAndGet(0x9E3779B97F4A7C15L)), text, 0);
        return new String(text, StandardCharsets.US_ASCII);
    }

    static long mixed(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    static void write(long bits, byte[] target, int offset) {
        for (int i = 0; i < LENGTH; i++) {
            target[offset + i] = character(bits, i);
        }
    }

    static boolean isAt(byte[] text, int offset, long bits) {
        for (int i = 0; i < LENGTH; i++) {
            if (text[offset + i] != character(bits, i)) {
                return false;
            }
        }
        return true;
    }

    static boolean isTokenCharacter(int c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private static byte character(long bits, int index) {
        // Ten times six bits from the top, then the last four.
        return ALPHABET[(int) (index < LENGTH - 1 ? bits >>> (58 - 6 * index) : bits << 2) & 63];
    }
}
