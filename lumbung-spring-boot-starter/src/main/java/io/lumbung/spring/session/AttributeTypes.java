package io.lumbung.spring.session;

import io.lumbung.config.ConfigException;
import io.lumbung.error.CodecException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What attributes of {@code HttpSession} may hold, and how it is written: {@code ["NAME",JSON]}. The name is one on the
 * list: of a value of the JDK, of a collection of such, of what Spring keeps there, or of a class the application allowed.
 * No other class is ever looked for, whatever the bytes say. Thread-safe; no I/O.
 */
final class AttributeTypes {
    private static final Map<String, Class<?>> PLAIN = Stream.<Class<?>>of(
                    String.class,
                    Boolean.class,
                    Character.class,
                    Byte.class,
                    Short.class,
                    Integer.class,
                    Long.class,
                    Float.class,
                    Double.class,
                    BigInteger.class,
                    BigDecimal.class,
                    UUID.class,
                    URI.class,
                    Locale.class,
                    Date.class,
                    Duration.class,
                    Period.class,
                    Instant.class,
                    LocalDate.class,
                    LocalTime.class,
                    LocalDateTime.class,
                    OffsetTime.class,
                    OffsetDateTime.class,
                    ZonedDateTime.class,
                    Year.class,
                    YearMonth.class,
                    MonthDay.class,
                    DayOfWeek.class,
                    Month.class)
            .collect(Collectors.toUnmodifiableMap(Class::getSimpleName, Function.identity()));

    private static final String LIST = "List";
    private static final String SET = "Set";
    private static final String MAP = "Map";
    private static final String FLASH = "FlashMap";
    private static final String SECURITY = "spring-security";
    private static final String FAILURE = "spring-security-failure";
    private static final Pattern ENTRY = Pattern.compile("[\\w$]+(\\.[\\w$]+)*(\\.\\*)?");
    /** In these anybody finds a class that does harm when it is made. */
    private static final Pattern TOO_BROAD = Pattern.compile(
            "[^.]+\\.\\*" + "|(java|javax|jakarta|jdk|sun|com\\.sun|org\\.springframework|org\\.apache)\\..*\\*");

    private final ClassLoader loader;
    private final List<Pattern> allowed;
    private final JsonMapper mapper;
    private final JsonMapper tree;
    private final @Nullable SecurityAttributes security;
    private final @Nullable FlashMaps flashes;
    private final Set<Class<?>> proved = ConcurrentHashMap.newKeySet();

    /** @param types names of classes, and of packages ending in {@code .*} */
    AttributeTypes(List<String> types, ClassLoader loader) {
        this.loader = loader;
        this.allowed = types.stream().map(AttributeTypes::pattern).toList();
        // A value comes back as it was: in its own zone.
        this.mapper = JsonMapper.builder()
                .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .build();
        this.tree = JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build();
        this.security =
                ClassUtils.isPresent(SecurityAttributes.MARK, loader) ? new SecurityAttributes(loader, allowed) : null;
        this.flashes = ClassUtils.isPresent(FlashMaps.MARK, loader) ? new FlashMaps() : null;
    }

    private static Pattern pattern(String type) {
        String name = type.strip();
        if (!ENTRY.matcher(name).matches()) {
            throw wrong(type, "it is neither the name of a class nor that of a package with '.*' behind it");
        }
        if (TOO_BROAD.matcher(name).matches()) {
            throw wrong(type, "it allows classes that are not yours");
        }
        return name.endsWith(".*")
                ? Pattern.compile(Pattern.quote(name.substring(0, name.length() - 1)) + ".+")
                : Pattern.compile(Pattern.quote(name));
    }

    private static ConfigException wrong(String type, String problem) {
        return ConfigException.of(
                SessionProperties.PREFIX + ".types",
                type,
                problem,
                "List classes such as com.example.shop.Cart, and packages such as com.example.shop.model.*");
    }

    /**
     * That {@code value} can be kept, and read again.
     *
     * @throws IllegalArgumentException if not; the message names the class and what to do
     */
    void check(String attribute, Object value) {
        try {
            String json = encode(value);
            if (proved.add(value.getClass()) || isSecurity(value)) {
                decode(json);
            }
        } catch (CodecException e) {
            proved.remove(value.getClass());
            throw new IllegalArgumentException(
                    "the session's attribute '" + attribute + "' cannot be kept: " + e.getMessage(), e);
        }
    }

    /** @throws CodecException if there is no telling how to write it */
    String encode(Object value) {
        try {
            return written(value);
        } catch (JacksonException e) {
            throw new CodecException(
                    value.getClass().getName() + " cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** @throws CodecException if it was not written here, or is of a class that is not allowed, or not any more */
    Object decode(String text) {
        try {
            return read(text);
        } catch (InvalidTypeIdException e) {
            throw new CodecException(notAllowed(String.valueOf(e.getTypeId())), e);
        } catch (CodecException e) {
            throw e;
        } catch (RuntimeException e) {
            // Its message may show what somebody keeps there: that is not for logs.
            throw new CodecException("it cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    private String written(Object value) {
        Class<?> type = value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
        if (PLAIN.get(type.getSimpleName()) == type) {
            return envelope(type.getSimpleName(), mapper.writeValueAsString(value));
        }
        if (isAllowed(type.getName())) {
            return envelope(type.getName(), mapper.writerFor(type).writeValueAsString(value));
        }
        if (security != null && security.isFailure(value)) {
            return envelope(FAILURE, mapper.writeValueAsString(String.valueOf(((Throwable) value).getMessage())));
        }
        if (security != null && security.covers(value)) {
            return envelope(SECURITY, security.encode(value));
        }
        if (flashes != null && flashes.covers(value)) {
            return envelope(FLASH, written(flashes.plain(value)));
        }
        if (type.getName().startsWith("java.util.")) {
            if (value instanceof Map<?, ?> map) {
                List<String> entries = new ArrayList<>(map.size());
                map.forEach((key, one) -> entries.add("[" + writtenOrNull(key) + "," + writtenOrNull(one) + "]"));
                return envelope(MAP, array(entries));
            }
            if (value instanceof Set<?> || value instanceof List<?>) {
                return envelope(
                        value instanceof Set<?> ? SET : LIST,
                        array(((Collection<?>) value)
                                .stream().map(this::writtenOrNull).toList()));
            }
        }
        throw new CodecException(notAllowed(type.getName()), null);
    }

    private String writtenOrNull(@Nullable Object value) {
        return value == null ? "null" : written(value);
    }

    private static String array(List<String> parts) {
        return "[" + String.join(",", parts) + "]";
    }

    private static String envelope(String name, String json) {
        return "[\"" + name + "\"," + json + "]";
    }

    private Object read(String text) {
        int end = text.indexOf("\",");
        if (!text.startsWith("[\"") || end < 0 || !text.endsWith("]")) {
            throw new CodecException("it was not written by Lumbung's Spring Session", null);
        }
        String name = text.substring(2, end);
        String json = text.substring(end + 2, text.length() - 1);
        Class<?> plain = PLAIN.get(name);
        if (plain != null) {
            return present(mapper.readValue(json, plain));
        }
        return switch (name) {
            case LIST -> all(json, new ArrayList<>());
            case SET -> all(json, new LinkedHashSet<>());
            case MAP -> entries(json);
            case FLASH -> flash(json);
            case SECURITY -> present(there(security, name).decode(json));
            case FAILURE -> there(security, name).failure(present(mapper.readValue(json, String.class)));
            default -> present(mapper.readValue(json, allowedClass(name)));
        };
    }

    @SuppressWarnings("unchecked") // its name says so, and what is not there is not used
    private Object flash(String json) {
        return there(flashes, FLASH).flash((Map<String, @Nullable Object>) read(json));
    }

    private static <T> T there(@Nullable T part, String name) {
        if (part == null) {
            throw new CodecException("nothing here reads " + name, null);
        }
        return part;
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new CodecException("it is null", null);
        }
        return value;
    }

    private Collection<@Nullable Object> all(String json, Collection<@Nullable Object> into) {
        for (JsonNode one : tree.readTree(json)) {
            into.add(readOrNull(one));
        }
        return into;
    }

    private Map<@Nullable Object, @Nullable Object> entries(String json) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        for (JsonNode one : tree.readTree(json)) {
            map.put(readOrNull(one.get(0)), readOrNull(one.get(1)));
        }
        return map;
    }

    private @Nullable Object readOrNull(@Nullable JsonNode one) {
        return one == null || one.isNull() ? null : read(one.toString());
    }

    private Class<?> allowedClass(String name) {
        if (!isAllowed(name)) {
            throw new CodecException(notAllowed(name), null);
        }
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new CodecException("there is no class " + name, e);
        }
    }

    private boolean isAllowed(String name) {
        return allowed.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    private boolean isSecurity(Object value) {
        return security != null && security.covers(value);
    }

    private static String notAllowed(String name) {
        return name + " is not allowed in sessions; if it is meant to be there, add it to " + SessionProperties.PREFIX
                + ".types, else keep an id instead of the object";
    }
}
