package io.lumbung.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.config.LumbungConfig;
import io.lumbung.config.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The settings table is the truth, the metadata IDEs read is a copy. When this test fails, run it once with
 * {@code -Dlumbung.docs=write} and look at the difference.
 */
class PropertyMetadataTest {
    private static final Path WRITTEN =
            Path.of("src/main/resources/META-INF/additional-spring-configuration-metadata.json");
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    @Test
    void theWrittenMetadataIsTheSettingsTable() throws IOException {
        String expected = JSON.writeValueAsString(metadata()) + "\n";
        if ("write".equals(System.getProperty("lumbung.docs"))) {
            Files.writeString(WRITTEN, expected);
        }

        assertThat(WRITTEN).content().isEqualToNormalizingNewlines(expected);
    }

    @Test
    void idesSeeEverySettingOnceWithItsMeaningAndDefault() throws IOException {
        JsonNode packaged;
        try (InputStream file =
                LumbungAutoConfiguration.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            packaged = JSON.readTree(file);
        }
        Map<String, JsonNode> properties = new LinkedHashMap<>();
        packaged.get("properties").forEach(property -> {
            JsonNode twice = properties.put(property.get("name").asString(), property);
            assertThat(twice).isNull();
        });

        for (Setting<?> setting : LumbungConfig.settings()) {
            JsonNode property = properties.remove(setting.property());
            assertThat(property).as(setting.property()).isNotNull();
            assertThat(property.get("description").asString()).startsWith(setting.meaning());
            assertThat(property.path("defaultValue").asString(null))
                    .isEqualTo(setting.defaultText().orElse(null));
        }
        String page = Files.readString(Path.of("..", "docs", "reference", "properties.md"));
        assertThat(properties.keySet()).allMatch(name -> isNamed(page, name), "stands on the page of properties");
        assertThat(properties.keySet())
                .as("what only the starter knows")
                .allMatch(name -> name.equals("lumbung.enabled")
                        || name.startsWith("lumbung.embedded.")
                        || name.startsWith("lumbung.spring-cache.")
                        || name.startsWith("lumbung.http.")
                        || name.startsWith("lumbung.ratelimit.")
                        || name.startsWith("lumbung.session."));
    }

    private static boolean isNamed(String page, String name) {
        return page.contains("`" + name + "`")
                || page.contains("`" + name + ".NAME.*`")
                || page.contains("`" + name.substring(0, name.lastIndexOf('.')) + ".*`");
    }

    private static Map<String, Object> metadata() {
        List<Map<String, Object>> properties = new ArrayList<>();
        List<Map<String, Object>> hints = new ArrayList<>();
        properties.add(
                property("lumbung.enabled", Boolean.class, "Whether Lumbung connects and offers its beans.", "true"));
        properties.add(property(
                "lumbung.embedded.redis.executable",
                String.class,
                "The server program to run when no Redis is configured and lumbung-embedded is on the class path; not"
                        + " set: looked for on PATH, else the supplied one.",
                null));
        for (Setting<?> setting : LumbungConfig.settings()) {
            properties.add(property(
                    setting.property(),
                    type(setting),
                    setting.meaning() + ": " + setting.expected() + ".",
                    setting.defaultText().orElse(null)));
            if (setting.expected().startsWith("one of ")) {
                hints.add(Map.of("name", setting.property(), "values", values(setting)));
            }
        }
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("properties", properties);
        metadata.put("hints", hints.stream().map(PropertyMetadataTest::ordered).toList());
        return metadata;
    }

    private static Map<String, Object> property(String name, Class<?> type, String description, String byDefault) {
        Map<String, Object> property = new LinkedHashMap<>();
        property.put("name", name);
        property.put("type", type.getName());
        property.put("description", description);
        if (byDefault != null) {
            property.put("defaultValue", byDefault);
        }
        return property;
    }

    private static Class<?> type(Setting<?> setting) {
        String expected = setting.expected();
        if (expected.startsWith("a duration")) {
            return java.time.Duration.class;
        }
        if (expected.startsWith("a whole number") || expected.startsWith("a port")) {
            return Integer.class;
        }
        return expected.equals("true or false") ? Boolean.class : String.class;
    }

    private static List<Map<String, String>> values(Setting<?> setting) {
        return List.of(setting.expected().substring("one of ".length()).split(", ")).stream()
                .map(value -> Map.of("value", value))
                .toList();
    }

    private static Map<String, Object> ordered(Map<String, Object> hint) {
        Map<String, Object> ordered = new LinkedHashMap<>();
        ordered.put("name", hint.get("name"));
        ordered.put("values", hint.get("values"));
        return ordered;
    }
}
