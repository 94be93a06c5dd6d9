package io.lumbung.codec;

import io.lumbung.error.CodecException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON by Jackson: dates as RFC 3339, UUIDs as strings, unknown fields ignored, trailing text refused, no default
 * typing. A value written by a service in Go, Python or Node reads the same.
 */
public final class JsonCodec implements Codec {
    private final JsonMapper mapper;
    private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();
    private final Map<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

    /** With Lumbung's own mapper. */
    public JsonCodec() {
        this(JsonMapper.builder()
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build());
    }

    /** With the application's mapper; its modules and features then decide what is stored. */
    public JsonCodec(JsonMapper mapper) {
        this.mapper = Objects.requireNonNull(mapper, "mapper");
    }

    @Override
    public byte[] encode(@Nullable Object value, Type type) {
        try {
            if (value instanceof JsonText json && type == JsonText.class) {
                return checked(json);
            }
            return writer(type).writeValueAsBytes(value);
        } catch (JacksonException e) {
            throw new CodecException(type.getTypeName() + " cannot be written as JSON: " + e.getOriginalMessage(), e);
        } catch (CodecException e) {
            throw e;
        } catch (RuntimeException e) {
            // An application's own serializer, which Jackson lets through when it writes the root.
            throw new CodecException(type.getTypeName() + " cannot be written as JSON", e);
        }
    }

    @Override
    public @Nullable Object decode(byte[] bytes, int offset, Type type) {
        if (type == JsonText.class) {
            return new JsonText(new String(bytes, offset, bytes.length - offset, StandardCharsets.UTF_8));
        }
        try {
            return reader(type).readValue(bytes, offset, bytes.length - offset);
        } catch (RuntimeException e) {
            throw new CodecException("the stored bytes are not a " + type.getTypeName() + " in JSON", e);
        }
    }

    private byte[] checked(JsonText json) {
        try (JsonParser parser = mapper.createParser(json.text())) {
            parser.nextToken();
            parser.skipChildren();
            if (parser.currentToken() == null || parser.nextToken() != null) {
                throw new CodecException("a JsonText must be one JSON value: " + beginning(json.text()), null);
            }
        }
        return json.text().getBytes(StandardCharsets.UTF_8);
    }

    private static String beginning(String text) {
        return text.length() <= 40 ? "'" + text + "'" : "'" + text.substring(0, 40) + "…'";
    }

    private ObjectWriter writer(Type type) {
        ObjectWriter known = writers.get(type);
        return known != null ? known : writers.computeIfAbsent(type, t -> mapper.writerFor(javaType(t)));
    }

    private ObjectReader reader(Type type) {
        ObjectReader known = readers.get(type);
        return known != null
                ? known
                : readers.computeIfAbsent(
                        type, t -> mapper.readerFor(javaType(t)).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS));
    }

    private JavaType javaType(Type type) {
        return mapper.constructType(type instanceof LateType late ? late.actual() : type);
    }
}
