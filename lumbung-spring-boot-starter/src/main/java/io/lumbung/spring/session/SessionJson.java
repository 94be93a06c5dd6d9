package io.lumbung.spring.session;

import io.lumbung.session.Session;
import io.lumbung.session.SessionId;
import io.lumbung.session.SessionToken;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * How sessions look in answers: {@link Session#asMap()}, an id as its text, and never a token, whatever an answer happens
 * to hold.
 */
final class SessionJson extends SimpleModule {
    private static final long serialVersionUID = 1L;

    SessionJson() {
        super("lumbung-session");
        addSerializer(as(Session.class, SessionJson::form));
        addSerializer(as(SessionId.class, SessionId::text));
        addSerializer(as(SessionToken.class, SessionToken::toString));
    }

    // RFC 3339, however the application writes its own times.
    private static Object form(Session session) {
        Map<String, @Nullable Object> form = new LinkedHashMap<>(session.asMap());
        form.replaceAll((name, value) -> value instanceof Instant time ? time.toString() : value);
        return form;
    }

    private static <T> StdSerializer<T> as(Class<T> type, Function<T, Object> form) {
        return new StdSerializer<>(type) {
            @Override
            public void serialize(T value, JsonGenerator generator, SerializationContext context) {
                context.writeValue(generator, form.apply(value));
            }
        };
    }
}
