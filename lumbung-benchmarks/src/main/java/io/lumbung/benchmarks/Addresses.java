package io.lumbung.benchmarks;

import java.util.List;
import java.util.stream.IntStream;

/** IPv4 addresses as text, of all lengths there are. */
final class Addresses {

    private Addresses() {}

    /** The first {@code count} of a fixed order in which no address comes twice. */
    static List<String> of(int count) {
        // An odd factor permutes the whole numbers of 32 bits.
        return IntStream.range(0, count)
                .map(i -> (i + 1) * 0x9E3779B1)
                .mapToObj(bits ->
                        (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255))
                .toList();
    }
}
