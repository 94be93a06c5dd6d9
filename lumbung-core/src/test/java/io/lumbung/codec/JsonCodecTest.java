package io.lumbung.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.error.CodecException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonSerialize;

class JsonCodecTest {
    private final Codec codec = new JsonCodec();

    record User(UUID id, String name, @Nullable String bio, Instant created, OffsetDateTime seen) {}

    static class Node {
        public @Nullable Node next;
    }

    @Test
    void writesDatesAsRfc3339AndUuidsAsStrings() {
        User user = new User(
                UUID.fromString("6f1c1f3c-9d8e-4a54-9a53-7f8a6f5f1c11"),
                "Ana",
                null,
                Instant.parse("2026-11-20T05:41:00Z"),
                OffsetDateTime.parse("2026-11-20T05:41:00.5+07:00"));
        byte[] bytes = codec.encode(user, User.class);
        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .contains("\"id\":\"6f1c1f3c-9d8e-4a54-9a53-7f8a6f5f1c11\"")
                .contains("\"created\":\"2026-11-20T05:41:00Z\"");
        User back = (User) codec.decode(bytes, 0, User.class);
        assertThat(back).isNotNull();
        assertThat(back.created()).isEqualTo(user.created());
        assertThat(back.seen().toInstant()).isEqualTo(user.seen().toInstant());
    }

    @Test
    void ignoresUnknownFieldsAndReadsFromAnOffset() {
        byte[] bytes = "XX{\"name\":\"Ana\",\"added_by_go\":1}".getBytes(StandardCharsets.UTF_8);
        assertThat(codec.decode(bytes, 2, User.class))
                .isInstanceOfSatisfying(
                        User.class, user -> assertThat(user.name()).isEqualTo("Ana"));
    }

    @Test
    void carriesGenericTypes() {
        var type = new TypeRef<List<UUID>>() {}.type();
        List<UUID> ids = List.of(UUID.randomUUID(), UUID.randomUUID());
        assertThat(codec.decode(codec.encode(ids, type), 0, type)).isEqualTo(ids);
    }

    @Test
    void keepsJsonAsItIsAndChecksThatItIsJson() {
        for (String good : List.of("{\"a\": [1, 2]}", "7", "\"x\"", " [ ] ", "null")) {
            byte[] bytes = codec.encode(new JsonText(good), JsonText.class);
            assertThat(bytes).asString(StandardCharsets.UTF_8).isEqualTo(good);
            assertThat(codec.decode(bytes, 0, JsonText.class)).isEqualTo(new JsonText(good));
        }
        for (String bad : List.of("", "{", "{} {}", "x", "[1,]", "{\"a\":1}]")) {
            assertThatThrownBy(() -> codec.encode(new JsonText(bad), JsonText.class))
                    .as(bad)
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("JsonText");
        }
    }

    @Test
    void refusesWhatIsNotTheDeclaredType() {
        for (String bad : List.of("", "{", "[1]", "{} {}", "\"x\"", "{\"id\":\"no uuid\"}", "\u0000\u00ff")) {
            assertThatThrownBy(() -> codec.decode(bad.getBytes(StandardCharsets.ISO_8859_1), 0, User.class))
                    .as(bad)
                    .isInstanceOf(CodecException.class)
                    .hasMessageContaining("User");
        }
    }

    @Test
    void namesTheTypeItCannotWrite() {
        Node loop = new Node();
        loop.next = loop;
        assertThatThrownBy(() -> codec.encode(loop, Node.class))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("Node");
    }

    @JsonSerialize(using = OddWriter.class)
    @JsonDeserialize(using = OddReader.class)
    record Odd(String text) {}

    static final class OddWriter extends ValueSerializer<Odd> {
        @Override
        public void serialize(Odd value, JsonGenerator json, SerializationContext context) {
            throw new IllegalStateException("seeded");
        }
    }

    static final class OddReader extends ValueDeserializer<Odd> {
        @Override
        public Odd deserialize(JsonParser json, DeserializationContext context) {
            throw new IllegalStateException("seeded");
        }
    }

    @Test
    void aSerializerOfTheApplicationThatThrowsIsNoOtherException() {
        assertThatThrownBy(() -> codec.encode(new Odd("x"), Odd.class)).isInstanceOf(CodecException.class);
        assertThatThrownBy(() -> codec.decode("1".getBytes(StandardCharsets.UTF_8), 0, Odd.class))
                .isInstanceOf(CodecException.class);
    }

    @Test
    void neverInstantiatesAClassNamedInTheBytes() {
        String gadget = "[\"javax.swing.JEditorPane\",{\"page\":\"x\"}]";
        assertThat(codec.decode(gadget.getBytes(StandardCharsets.UTF_8), 0, Object.class))
                .isInstanceOf(List.class);
    }

    @Test
    void asksForALateTypeWhenItHasAValue() {
        LateType late = () -> Integer.class;
        JsonCodec codec = new JsonCodec();

        assertThat(codec.decode(codec.encode(7, late), 0, late)).isEqualTo(7);
    }
}
