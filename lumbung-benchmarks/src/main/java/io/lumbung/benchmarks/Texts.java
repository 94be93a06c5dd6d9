package io.lumbung.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The keys and values that everyone reads: profiles as JSON text, all of one size, each naming its own key, so that an
 * answer for another key is noticed.
 */
record Texts(List<String> keys, List<String> values) {

    static Texts of(int count, int bytes) {
        var keys = IntStream.range(0, count)
                .mapToObj(i -> UUID.nameUUIDFromBytes(("profile " + i).getBytes(StandardCharsets.US_ASCII))
                        .toString())
                .toList();
        return new Texts(keys, keys.stream().map(key -> text(key, bytes)).toList());
    }

    private static String text(String key, int bytes) {
        String start = "{\"id\":\"" + key
                + "\",\"handle\":\"ana\",\"email\":\"ana@example.org\",\"followers\":1287,\"bio\":\"";
        String end = "\"}";
        int left = bytes - start.length() - end.length();
        if (left < 0) {
            throw new IllegalArgumentException(
                    "bytes must be at least " + (start.length() + end.length()) + ", was " + bytes);
        }
        String words = "Rice, barns and harvest songs. ";
        return start + words.repeat(left / words.length() + 1).substring(0, left) + end;
    }
}
