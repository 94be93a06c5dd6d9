package io.lumbung.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lumbung.key.Key;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.cache.interceptor.SimpleKey;

class KeysTest {
    private record Page(@Nullable String search, int number) {}

    private record Nested(String first, Page page) {}

    private record Odd(Object anything) {}

    @Test
    void aSingleArgumentIsOnePart() {
        UUID id = UUID.randomUUID();

        assertThat(text("ana")).isEqualTo("ana");
        assertThat(text(42L)).isEqualTo("42");
        assertThat(text(new BigDecimal("1.50"))).isEqualTo("1.50");
        assertThat(text(true)).isEqualTo("true");
        assertThat(text('x')).isEqualTo("x");
        assertThat(text(id)).isEqualTo(id.toString());
        assertThat(text(TimeUnit.DAYS)).isEqualTo("DAYS");
        assertThat(text(LocalDate.of(2026, 11, 20))).isEqualTo("2026-11-20");
        assertThat(text(Key.parse("list:all"))).isEqualTo("list:all");
    }

    @Test
    void argumentsAndRecordsAreAPartEach() {
        assertThat(text(new SimpleKey("ana", 1))).isEqualTo("ana:1");
        assertThat(text(new Page("ana", 1))).isEqualTo("ana:1");
        assertThat(text(SimpleKey.EMPTY)).isEqualTo("~()");
        assertThat(text(new SimpleKey("a", null))).isEqualTo("a:~null");
    }

    @Test
    void whatAUserTypesStaysOnePart() {
        assertThat(text("a:b")).isEqualTo("a%3Ab");
        assertThat(text("*")).isEqualTo("%2A");
        assertThat(text(new SimpleKey("a:b", "c"))).isEqualTo("a%3Ab:c");
    }

    @Test
    void differentArgumentsAreDifferentKeys() {
        List<Object> all = List.of(
                "",
                "~",
                "~~",
                "~null",
                "~()",
                SimpleKey.EMPTY,
                new SimpleKey((Object) null),
                new SimpleKey("a", "b"),
                "a:b",
                "a",
                new SimpleKey("a", ""),
                new SimpleKey("", "a"),
                new SimpleKey("a", null),
                new Page(null, 1),
                new Page("", 1),
                new Page("~null", 1),
                new Nested("a", new Page("b", 1)),
                new SimpleKey("a", "b", 1),
                new SimpleKey(new SimpleKey("a", "b"), 1));

        Map<String, Object> seen = new HashMap<>();
        for (Object key : all) {
            assertThat(seen.put(text(key), key)).as("%s", key).isNull();
        }
    }

    @Test
    void whatHasNoStableTextIsRefused() {
        for (Object key : List.of(new Object(), List.of(1), new int[] {1}, new Odd(new Object()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> text(key))
                    .withMessageContaining("cache 'users'")
                    .withMessageContaining("key = \"#user.id\"");
        }
    }

    private static String text(Object key) {
        return Keys.key("users", key).text();
    }
}
