package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lumbung.cache.EntityChange.Kind;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class InvalidatorTest {
    private final List<String> asked = new ArrayList<>();
    private boolean down;
    private final Cache<String> users = cache("users");
    private final Cache<String> lists = cache("lists");

    @SuppressWarnings("unchecked")
    private Cache<String> cache(String name) {
        return (Cache<String>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Cache.class}, (proxy, method, arguments) -> {
                    if (method.isDefault()) {
                        return InvocationHandler.invokeDefault(proxy, method, arguments);
                    }
                    if (method.getName().equals("warmUp")) {
                        return Optional.of(((Loader<?, ?>) arguments[2]).load());
                    }
                    asked.add(name + "." + method.getName()
                            + (arguments == null
                                    ? ""
                                    : " " + Arrays.deepToString(arguments).replace(", []", "")));
                    if (down) {
                        throw FakeRedis.gone();
                    }
                    Class<?> type = method.getReturnType();
                    return type == boolean.class
                            ? Boolean.TRUE
                            : type == long.class ? (Object) 1L : OptionalLong.empty();
                });
    }

    private Invalidator.Builder usersWith(InvalidationStrategy strategy) {
        return Invalidator.builder()
                .entity(
                        "user",
                        rules -> rules.entry(users)
                                .listsMatching(users, "list:*")
                                .listsIn(lists)
                                .strategy(strategy));
    }

    @Test
    void dropsEntryAndListsWithEachWrite() {
        Invalidator invalidator = Invalidator.builder()
                .entity(
                        "user",
                        rules -> rules.entry(users)
                                .listsMatching(users, "list:*")
                                .listsIn(lists))
                .build();
        invalidator.afterCreate("user");
        assertThat(asked).containsExactly("users.deletePattern [list:*]", "lists.clear");
        asked.clear();
        invalidator.afterUpdate("user", "a:b");
        assertThat(asked).containsExactly("users.invalidate [a%3Ab]", "users.deletePattern [list:*]", "lists.clear");
        asked.clear();
        invalidator.afterDelete("user", "1");
        assertThat(asked).first().isEqualTo("users.invalidate [1]");
    }

    @Test
    void leavesEverythingToItsTime() {
        Invalidator invalidator = usersWith(InvalidationStrategy.TTL_ONLY).build();
        invalidator.afterCreate("user");
        invalidator.afterUpdate("user", "1");
        invalidator.afterDelete("user", "1");
        assertThat(asked).isEmpty();
    }

    @Test
    void announcesAfterItInvalidated() {
        List<EntityChange> told = new ArrayList<>();
        Invalidator invalidator = usersWith(InvalidationStrategy.ON_EVENT)
                .announceTo(change -> {
                    assertThat(asked).isNotEmpty();
                    told.add(change);
                })
                .build();
        invalidator.afterCreate("user");
        invalidator.afterUpdate("user", "1");
        invalidator.afterDelete("user", "1");
        assertThat(told)
                .containsExactly(
                        new EntityChange("user", Kind.CREATED, Optional.empty()),
                        new EntityChange("user", Kind.UPDATED, Optional.of("1")),
                        new EntityChange("user", Kind.DELETED, Optional.of("1")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> usersWith(InvalidationStrategy.ON_EVENT).build())
                .withMessageContaining("announceTo");
    }

    @Test
    void neverFailsTheWrite() {
        Invalidator invalidator = usersWith(InvalidationStrategy.ON_EVENT)
                .announceTo(change -> {
                    throw new IllegalStateException("nobody listens");
                })
                .build();
        down = true;
        assertThatCode(() -> invalidator.afterUpdate("user", "1")).doesNotThrowAnyException();
        assertThat(asked).as("one failure does not stop the others").hasSize(3);
    }

    @Test
    void warmsUp() {
        Invalidator invalidator = usersWith(InvalidationStrategy.ON_WRITE).build();
        assertThat(invalidator.warmUp(users, "1", Duration.ofMinutes(1), () -> "new"))
                .contains("new");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> invalidator.warmUp(users, "1", Duration.ofMinutes(1), () -> {
                    throw new IOException("database gone");
                }));
    }

    @Test
    void knowsItsEntities() {
        Invalidator invalidator = usersWith(InvalidationStrategy.ON_WRITE).build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> invalidator.afterCreate("link"))
                .withMessageContaining("link")
                .withMessageContaining("user");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Invalidator.builder().entity("user", rules -> {}).entity("user", rules -> {}));
    }
}
