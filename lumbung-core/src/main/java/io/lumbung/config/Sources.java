package io.lumbung.config;

import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The places a value can come from, the strongest first. */
record Sources(
        Map<String, String> code,
        Function<String, @Nullable String> properties,
        Map<String, String> environment,
        Function<String, @Nullable String> springDataRedis) {

    enum Level {
        CODE,
        PROPERTIES,
        ENVIRONMENT,
        SPRING
    }

    /** What {@code level} says about {@code setting}; {@code null} if nothing or only blanks. */
    @Nullable
    Given at(Level level, Setting<?> setting) {
        return switch (level) {
            case CODE -> given(setting.property(), code.get(setting.property()), !setting.secret());
            case PROPERTIES -> given(setting.property(), properties.apply(setting.property()), true);
            case ENVIRONMENT -> {
                Given given = variable(setting.variable().orElse(null));
                yield given != null ? given : variable(setting.olderVariable().orElse(null));
            }
            case SPRING -> spring(setting.springProperty().orElse(null));
        };
    }

    /** A Spring property; a timeout without a unit is in milliseconds there. */
    @Nullable
    Given spring(@Nullable String name) {
        if (name == null) {
            return null;
        }
        Given given = given(name, springDataRedis.apply(name), true);
        return given != null && name.endsWith("timeout") && given.text().matches("[0-9]{1,18}")
                ? new Given(name, given.text() + "ms")
                : given;
    }

    private @Nullable Given variable(@Nullable String name) {
        return name == null ? null : given(name, environment.get(name), true);
    }

    private static @Nullable Given given(String name, @Nullable String text, boolean trimmed) {
        if (text == null || text.isBlank()) {
            return null;
        }
        return new Given(name, trimmed ? text.strip() : text);
    }

    @Override
    public String toString() {
        return "sources";
    }
}
