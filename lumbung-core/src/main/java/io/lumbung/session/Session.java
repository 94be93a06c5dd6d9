package io.lumbung.session;

import io.lumbung.codec.Codec;
import io.lumbung.codec.TypeRef;
import io.lumbung.error.CodecException;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session as it was when it was read; all times by the Redis server's clock. Immutable. */
public final class Session {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.session");

    private final SessionRef ref;
    private final StoredSession stored;
    private final Codec codec;

    Session(SessionRef ref, StoredSession stored, Codec codec) {
        this.ref = ref;
        this.stored = stored;
        this.codec = codec;
    }

    /** Its public name. */
    public SessionId id() {
        return ref.id();
    }

    /** Whose it is; empty if it is nobody's yet. */
    public Optional<String> user() {
        return stored.user();
    }

    /** Where it was created. */
    public Device device() {
        return stored.device();
    }

    /** When it was created. */
    public Instant createdAt() {
        return Instant.ofEpochMilli(stored.created());
    }

    /** When its use was last noted; see {@link SessionPolicy#touchEvery()}. */
    public Instant lastUsedAt() {
        return Instant.ofEpochMilli(stored.lastUsed());
    }

    /** How long it lives after its last use, but never past {@link #endsAt()}. */
    public Duration idle() {
        return Duration.ofMillis(stored.idle());
    }

    /** When it ends if it is not used again. */
    public Instant expiresAt() {
        return Instant.ofEpochMilli(Math.min(stored.lastUsed() + stored.idle(), stored.end()));
    }

    /** When it ends in any case. */
    public Instant endsAt() {
        return Instant.ofEpochMilli(stored.end());
    }

    /** Counts its changes. */
    public long version() {
        return stored.version();
    }

    /** What it remembers, by name. */
    public Set<String> attributeNames() {
        return new TreeSet<>(stored.attributes().keySet());
    }

    /** The attribute {@code name}; empty too if what is stored is no {@code type}, which is logged. */
    public <V> Optional<V> attribute(String name, Class<V> type) {
        return decoded(name, type);
    }

    /** As {@link #attribute(String, Class)}, of a generic type. */
    public <V> Optional<V> attribute(String name, TypeRef<V> type) {
        return decoded(name, type.type());
    }

    /** The attribute {@code name} as the JSON that is stored. */
    public Optional<byte[]> json(String name) {
        return Optional.ofNullable(stored.attributes().get(name)).map(byte[]::clone);
    }

    /**
     * How it looks to others, ready for a codec: {@code id}, {@code user_id}, {@code data}, {@code created_at}, {@code
     * expires_at}. Attributes that cannot be read are left out.
     */
    public Map<String, @Nullable Object> asMap() {
        Map<String, Object> data = new TreeMap<>();
        attributeNames().forEach(name -> decoded(name, Object.class).ifPresent(value -> data.put(name, value)));
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("id", id().text());
        form.put("user_id", user().orElse(null));
        form.put("data", data);
        form.put("created_at", createdAt());
        form.put("expires_at", expiresAt());
        return form;
    }

    SessionRef ref() {
        return ref;
    }

    StoredSession stored() {
        return stored;
    }

    /** The same, of {@code user} since this version. */
    Session of(Optional<String> user, long version) {
        return new Session(ref, stored.of(user, version), codec);
    }

    /** How long it lives if it is not used, from its last use. */
    Duration life() {
        return Duration.ofMillis(Math.min(stored.idle(), stored.end() - stored.lastUsed()));
    }

    /** The same, used at {@code millis} by the server's clock. */
    Session usedAt(long millis, Optional<Duration> idle) {
        return new Session(
                ref, stored.usedAt(millis, idle.map(Duration::toMillis).orElse(stored.idle())), codec);
    }

    private <V> Optional<V> decoded(String name, Type type) {
        byte[] json = stored.attributes().get(name);
        if (json == null) {
            return Optional.empty();
        }
        try {
            @SuppressWarnings("unchecked") // the codec decodes what it is asked for
            V value = (V) codec.decode(json, 0, type);
            return Optional.ofNullable(value);
        } catch (CodecException e) {
            log.warn(
                    "attribute '{}' of session {} is not a {}: absent",
                    name.replaceAll("\\p{Cc}", "?"),
                    id(),
                    type.getTypeName());
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "session " + id();
    }
}
