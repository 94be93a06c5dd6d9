package io.lumbung.session;

import io.lumbung.redis.Reply;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hash of one session: {@code m} six numbers with a blank between, when it was created, last used and ends in any
 * case, its idle life (all ms), its version and the bytes of its attributes; {@code u} user and {@code d} device if known;
 * {@code o} the last changes and their versions, {@code @NAME} an attribute's JSON. Or {@code to} alone: it goes by another
 * id since it was rotated.
 */
record StoredSession(
        Optional<String> user,
        long created,
        long lastUsed,
        long end,
        long idle,
        long version,
        Device device,
        Map<String, byte[]> attributes) {
    static final String USER = "u";
    static final String DEVICE = "d";
    static final char ATTRIBUTE = '@';
    private static final int NUMBERS = 6;

    /** What a {@code HGETALL} found. */
    sealed interface Found {
        record Alive(StoredSession session) implements Found {}

        record Moved(SessionRef to) implements Found {}

        record Absent() implements Found {}
    }

    /** The same, of {@code other} since this version. */
    StoredSession of(Optional<String> other, long newVersion) {
        return new StoredSession(other, created, lastUsed, end, idle, newVersion, device, attributes);
    }

    /** The same, used at {@code millis}. */
    StoredSession usedAt(long millis, long idleMillis) {
        return new StoredSession(user, created, millis, end, idleMillis, version, device, attributes);
    }

    static Found read(Reply reply) {
        List<Reply> all = reply.list();
        if (all.isEmpty()) {
            return new Found.Absent();
        }
        Map<String, byte[]> own = new HashMap<>();
        Map<String, byte[]> attributes = new HashMap<>();
        for (int i = 0; i < all.size(); i += 2) {
            String field = all.get(i).text();
            byte[] value = all.get(i + 1).bytes();
            if (field.charAt(0) == ATTRIBUTE) {
                attributes.put(field.substring(1), value);
            } else {
                own.put(field, value);
            }
        }
        byte[] moved = own.get("to");
        if (moved != null) {
            return new Found.Moved(SessionRef.parse(text(moved)));
        }
        return read(own, attributes).<Found>map(Found.Alive::new).orElseGet(Found.Absent::new);
    }

    // What was never written by our scripts is no session.
    private static Optional<StoredSession> read(Map<String, byte[]> own, Map<String, byte[]> attributes) {
        String[] numbers = text(own.get("m")).split(" ", -1);
        if (numbers.length != NUMBERS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new StoredSession(
                    Optional.of(text(own.get(USER))).filter(user -> !user.isEmpty()),
                    Long.parseLong(numbers[0]),
                    Long.parseLong(numbers[1]),
                    Long.parseLong(numbers[2]),
                    Long.parseLong(numbers[3]),
                    Long.parseLong(numbers[4]),
                    device(text(own.get(DEVICE))),
                    attributes));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** As {@link #device(String)} reads it; a device has no line breaks. */
    static String text(Device device) {
        return device.address() + '\n' + device.userAgent();
    }

    private static Device device(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? Device.UNKNOWN : new Device(text.substring(0, end), text.substring(end + 1));
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }
}
