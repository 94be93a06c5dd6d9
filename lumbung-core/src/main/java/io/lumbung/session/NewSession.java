package io.lumbung.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A session to be created. Immutable.
 *
 * @param user whose it is, one part of a key, whatever it holds; empty for nobody's yet, see {@link Sessions#assign}
 * @param attributes what it remembers, each written as JSON
 */
public record NewSession(Optional<String> user, Map<String, Object> attributes, Device device) {
    public NewSession {
        user.ifPresent(Users::check);
        attributes = Map.copyOf(attributes);
        attributes.keySet().forEach(AttributeNames::check);
        Objects.requireNonNull(device, "device");
    }

    /** A session of {@code user} that remembers nothing yet. */
    public static NewSession of(String user) {
        return new NewSession(Optional.of(user), Map.of(), Device.UNKNOWN);
    }

    /** A session of nobody yet: of a visitor who has not logged in. It is in no list and counts against no maximum. */
    public static NewSession anonymous() {
        return new NewSession(Optional.empty(), Map.of(), Device.UNKNOWN);
    }

    /** The same, remembering {@code value}. */
    public NewSession with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(attributes);
        more.put(name, value);
        return new NewSession(user, more, device);
    }

    /** The same, from this device. */
    public NewSession from(Device other) {
        return new NewSession(user, attributes, other);
    }
}
