package io.lumbung.spring.lock;

import io.lumbung.key.Key;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;

/**
 * What {@link Locked} says of one method.
 *
 * @param mayBeInterrupted whether callers expect an {@link InterruptedException}
 */
record LockedMethod(
        Place place,
        Key name,
        Optional<KeyExpression> key,
        Optional<Duration> ttl,
        Optional<Duration> waitFor,
        boolean keepRenewed,
        boolean interruptOnLoss,
        boolean mayBeInterrupted) {

    static LockedMethod read(Locked locked, Place place, UnaryOperator<String> placeholders, BeanFactory beans) {
        place.requireLockable();
        return new LockedMethod(
                place,
                place.name(locked.name(), placeholders),
                KeyExpression.of(place, locked.key(), beans),
                place.duration("ttl", locked.ttl(), Place.SHORTEST_TTL, placeholders),
                place.duration("waitFor", locked.waitFor(), Duration.ZERO, placeholders),
                locked.keepRenewed(),
                locked.interruptOnLoss(),
                Stream.of(place.method().getExceptionTypes())
                        .anyMatch(type -> type.isAssignableFrom(InterruptedException.class)));
    }

    /** The lock of one call. */
    Key lock(Object target, @Nullable Object[] arguments) {
        return key.map(expression -> expression.appendTo(name, target, arguments))
                .orElse(name);
    }
}
