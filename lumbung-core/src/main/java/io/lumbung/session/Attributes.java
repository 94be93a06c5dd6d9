package io.lumbung.session;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** How large attributes are, as the script counts: the fields they are stored in, and their values. */
final class Attributes {
    private Attributes() {}

    static long bytes(Map<String, byte[]> fields) {
        long bytes = 0;
        for (Map.Entry<String, byte[]> one : fields.entrySet()) {
            bytes += one.getKey().getBytes(StandardCharsets.UTF_8).length + one.getValue().length;
        }
        return bytes;
    }
}
