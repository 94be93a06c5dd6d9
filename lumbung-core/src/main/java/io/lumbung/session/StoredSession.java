package io.lumbung.session;

import io.lumbung.redis.Reply;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hash of one session: {@code u} user if there is one, {@code c} created, {@code l} last used, {@code a} absolute end, {@code i} idle
 * life (all ms), {@code v} version, {@code n} bytes of attributes, {@code o} the last changes and their versions, {@code d} and {@code e} device,
 * {@code @NAME} an attribute's JSON. Or {@code to} alone: it goes by another id since it was rotated.
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
    static final String ADDRESS = "d";
    static final String USER_AGENT = "e";
    static final String BYTES = "n";
    static final char ATTRIBUTE = '@';

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

    // What lacks a field was never written by our scripts: no session.
    private static Optional<StoredSession> read(Map<String, byte[]> own, Map<String, byte[]> attributes) {
        if (!own.containsKey("c")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new StoredSession(
                    Optional.of(text(own.get(USER))).filter(user -> !user.isEmpty()),
                    number(own.get("c")),
                    number(own.get("l")),
                    number(own.get("a")),
                    number(own.get("i")),
                    number(own.get("v")),
                    new Device(text(own.get(ADDRESS)), text(own.get(USER_AGENT))),
                    attributes));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static long number(byte @Nullable [] value) {
        return Long.parseLong(text(value));
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }
}
