package io.lumbung.spring.session;

import io.lumbung.config.ConfigException;
import io.lumbung.session.SessionPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long sessions live, how many there may be, and how a web application reaches them. {@code lumbung.session.ttl} and
 * {@code lumbung.session.deadline} are among the settings every application has.
 *
 * @param preset A policy by name: what the other settings do not say is taken from it.
 * @param absoluteLife How long a session lives at most, however much it is used; not set: the preset's, 30 days.
 * @param maxPerUser How many sessions one user may have, 0 for any number; those created through Spring Session do not
 *     count.
 * @param whenFull What happens to one more: the least recently used one makes room, or it is rejected.
 * @param touchEvery How often, at most, the use of a session is noted; not set: the preset's, one minute.
 * @param grace For how long the old token of a rotated session still leads to it; not set: the preset's, 10 s. Spring
 *     Session's are rotated without any.
 * @param http How a web application reaches sessions: spring (HttpSession by Spring Session), cookie (a cookie of our own),
 *     off. Not set: spring if Spring Session is on the class path, else cookie.
 * @param expiryEvents Whether sessions that run out are noted, and told of by events of the application: on one of its
 *     instances, usually within ten seconds.
 * @param types What Spring Session's attributes may hold beside the usual: names of classes, and of packages ending in
 *     '.*'.
 */
@ConfigurationProperties(SessionProperties.PREFIX)
record SessionProperties(
        @DefaultValue("standard") SessionPreset preset,
        @Nullable Duration absoluteLife,
        @DefaultValue("0") Integer maxPerUser,
        @DefaultValue("evict-oldest") SessionPolicy.WhenFull whenFull,
        @Nullable Duration touchEvery,
        @Nullable Duration grace,
        @Nullable Http http,
        @DefaultValue("false") Boolean expiryEvents,
        @DefaultValue List<String> types) {
    static final String PREFIX = "lumbung.session";

    /** How a web application reaches sessions. */
    enum Http {
        SPRING,
        COOKIE,
        OFF
    }

    /** @param ttl if it was said, else the preset's */
    SessionPolicy policy(Optional<Duration> ttl) {
        SessionPolicy policy = changed(preset.policy(), "ttl", ttl.orElse(null), SessionPolicy::withIdle);
        policy = changed(policy, "absolute-life", absoluteLife, SessionPolicy::withAbsolute);
        policy = changed(policy, "max-per-user", maxPerUser, (one, most) -> one.withMost(most, whenFull));
        policy = changed(policy, "touch-every", touchEvery, SessionPolicy::withTouchEvery);
        policy = changed(policy, "grace", grace, SessionPolicy::withGrace);
        return expiryEvents ? policy.withExpiryEvents() : policy;
    }

    private static <T> SessionPolicy changed(
            SessionPolicy policy, String name, @Nullable T value, BiFunction<SessionPolicy, T, SessionPolicy> change) {
        if (value == null) {
            return policy;
        }
        try {
            return change.apply(policy, value);
        } catch (IllegalArgumentException e) {
            throw ConfigException.of(
                    PREFIX + "." + name,
                    value.toString(),
                    String.valueOf(e.getMessage()),
                    "Set it within these bounds, or leave it out");
        }
    }
}
