package io.lumbung.spring.lock;

import io.lumbung.config.ConfigException;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * What {@link OnOneInstance} says of one method.
 *
 * @param down whether Redis did not answer last time, so that an outage is told of once
 */
record OneInstanceTask(Key name, Duration atMost, Duration atLeast, AtomicBoolean down) {

    static OneInstanceTask read(OnOneInstance once, Place place, UnaryOperator<String> placeholders) {
        place.requireLockable();
        if (place.method().getReturnType() != void.class) {
            throw place.wrong("it returns something, and where it does not run there is nothing", "Let it return void");
        }
        Duration atMost = required(place, "ttl", once.ttl(), Place.SHORTEST_TTL, placeholders);
        Duration atLeast = required(place, "lockAtLeastFor", once.lockAtLeastFor(), Duration.ZERO, placeholders);
        if (atLeast.compareTo(atMost) > 0) {
            throw ConfigException.of(
                    place.setting("lockAtLeastFor"),
                    once.lockAtLeastFor(),
                    "it is longer than ttl, '" + once.ttl() + "'",
                    "Set it to less than the time between two ticks, and ttl to more");
        }
        return new OneInstanceTask(place.name(once.name(), placeholders), atMost, atLeast, new AtomicBoolean());
    }

    private static Duration required(
            Place place, String attribute, String text, Duration least, UnaryOperator<String> placeholders) {
        return place.duration(attribute, text, least, placeholders)
                .orElseThrow(() -> ConfigException.of(
                        place.setting(attribute), null, "it is missing", "Set it to a duration, such as 30s"));
    }
}
