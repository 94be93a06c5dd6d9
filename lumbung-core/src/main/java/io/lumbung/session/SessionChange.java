package io.lumbung.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is to change about a session: attributes that are set and attributes that are removed; all others stay as they
 * are, so two requests that change different ones do not undo each other. Immutable.
 *
 * @param attributes the new value of each, or empty to remove it
 * @param version the version the session must still have, if that matters
 */
public record SessionChange(Map<String, Optional<Object>> attributes, OptionalLong version) {
    public SessionChange {
        attributes = Map.copyOf(attributes);
        attributes.keySet().forEach(AttributeNames::check);
    }

    /** Changes nothing yet. */
    public static SessionChange none() {
        return new SessionChange(Map.of(), OptionalLong.empty());
    }

    /** The same, and sets {@code name}. */
    public SessionChange set(String name, Object value) {
        return with(name, Optional.of(value));
    }

    /** The same, and removes {@code name}. */
    public SessionChange remove(String name) {
        return with(name, Optional.empty());
    }

    /** The same, only if the session still is as it was when it was read. */
    public SessionChange onlyIf(Session read) {
        return new SessionChange(attributes, OptionalLong.of(read.version()));
    }

    private SessionChange with(String name, Optional<Object> value) {
        Map<String, Optional<Object>> more = new LinkedHashMap<>(attributes);
        more.put(name, value);
        return new SessionChange(more, version);
    }
}
