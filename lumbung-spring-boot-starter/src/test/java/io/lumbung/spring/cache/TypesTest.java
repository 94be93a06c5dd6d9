package io.lumbung.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.codec.JsonCodec;
import io.lumbung.codec.TypeRef;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.ReflectionUtils;

class TypesTest {
    record User(String name) {}

    @SuppressWarnings({"rawtypes", "unused"})
    interface Methods<T> {
        User user();

        Optional<User> maybe();

        CompletableFuture<User> later();

        CompletableFuture<Optional<User>> maybeLater();

        List<User> users();

        List<? extends User> someUsers();

        Map<String, List<User>> groups();

        User[] array();

        List<User>[] arrays();

        int number();

        T variable();

        List<T> variables();

        Object anything();

        List raw();

        List<?> unknown();

        void nothing();

        CompletableFuture<Void> nothingLater();
    }

    interface Users extends Methods<User> {}

    static Stream<Arguments> methods() {
        return Stream.of(
                Arguments.of("user", User.class),
                Arguments.of("maybe", User.class),
                Arguments.of("later", User.class),
                Arguments.of("maybeLater", User.class),
                Arguments.of("users", new TypeRef<List<User>>() {}.type()),
                Arguments.of("someUsers", new TypeRef<List<User>>() {}.type()),
                Arguments.of("groups", new TypeRef<Map<String, List<User>>>() {}.type()),
                Arguments.of("array", User[].class),
                Arguments.of("number", Integer.class),
                Arguments.of("variable", User.class),
                Arguments.of("variables", new TypeRef<List<User>>() {}.type()));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aMethodSaysWhatItStores(String method, Type expected) {
        assertThat(returned(method, Users.class))
                .hasValueSatisfying(type -> assertThat(type.getTypeName()).isEqualTo(expected.getTypeName()));
    }

    @Test
    void arraysOfGenericTypesAreKept() {
        Type type = returned("arrays", Users.class).orElseThrow();
        JsonCodec codec = new JsonCodec();
        Object read = codec.decode(codec.encode(new List<?>[] {List.of(new User("ana"))}, type), 0, type);

        assertThat((Object[]) read).containsExactly(List.of(new User("ana")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"anything", "raw", "unknown", "nothing", "nothingLater"})
    void aMethodThatSaysNothingIsNotGuessedAt(String method) {
        assertThat(returned(method, Users.class)).isEmpty();
    }

    @Test
    void aVariableNobodyFilledInIsNotGuessedAt() {
        assertThat(returned("variable", Methods.class)).isEmpty();
        assertThat(returned("variables", Methods.class)).isEmpty();
    }

    static Stream<Arguments> names() {
        String user = User.class.getName();
        return Stream.of(
                Arguments.of(user, User.class),
                Arguments.of("String", String.class),
                Arguments.of("int", Integer.class),
                Arguments.of("List<" + user + ">", new TypeRef<List<User>>() {}.type()),
                Arguments.of(" java.util.Set < " + user + " > ", new TypeRef<Set<User>>() {}.type()),
                Arguments.of("Map<String, List<" + user + ">>", new TypeRef<Map<String, List<User>>>() {}.type()),
                Arguments.of(user + "[]", User[].class));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aPropertyNamesAType(String text, Type expected) {
        assertThat(Types.named("x.type", text, null).getTypeName()).isEqualTo(expected.getTypeName());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Nobody",
                "List<Nobody>",
                "List<String",
                "List<String>>",
                "Map<String>",
                "Object",
                "List",
                "",
                "List<?>"
            })
    void aWrongNameIsRefusedWithTheSettingsName(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Types.named("lumbung.spring-cache.caches.users.type", text, null))
                .withMessageStartingWith("lumbung.spring-cache.caches.users.type is '" + text + "': ")
                .withMessageContaining("Set lumbung.spring-cache.caches.users.type to a class");
    }

    @Test
    void aCacheHoldsOneType() {
        ValueType type = new ValueType("users");
        assertThatThrownBy(type::actual)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lumbung.spring-cache.caches.users.type");

        type.learn(User.class, "Users.find");
        type.learn(User.class, "Users.save");
        assertThat(type.actual()).isEqualTo(User.class);
        assertThatThrownBy(() -> type.learn(String.class, "Users.name"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Users.find")
                .hasMessageContaining("Users.name");
    }

    @Test
    void aDeclaredTypeCountsWhateverTheMethodCallsIt() {
        ValueType type = new ValueType("users");
        type.declare(User.class);

        type.learn(Record.class, "Users.find");
        assertThat(type.actual()).isEqualTo(User.class);
        assertThatThrownBy(() -> type.learn(String.class, "Users.name"))
                .hasMessageContaining("lumbung.spring-cache.caches.users.type");
    }

    private static Optional<Type> returned(String method, Class<?> target) {
        return Types.returned(ReflectionUtils.findMethod(Methods.class, method), target);
    }
}
