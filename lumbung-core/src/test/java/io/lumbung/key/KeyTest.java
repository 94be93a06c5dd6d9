package io.lumbung.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import io.lumbung.Seed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTest {
    private static final String HOSTILE = ":*?[]\\{}% \t\r\n\0\u001b\u007f\u0085aZ09é漢\"'/.-_~\u202e";

    private final KeySpace keys = new KeySpace("app");

    @Test
    void twoDifferentListsOfPartsAreNeverTheSameKey() {
        Random random = Seed.random("keys are injective");
        Map<String, List<String>> seen = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            List<String> parts = hostileParts(random);
            String text = keyOf(parts).text();
            List<String> before = seen.putIfAbsent(text, parts);
            if (before != null) {
                assertThat(parts).as("both become " + text).isEqualTo(before);
            }
        }
    }

    @Test
    void whatAUserTypedNeverMeansAnything() {
        Random random = Seed.random("keys mean nothing");
        String prefix = keys.cachePrefix("user");
        for (int i = 0; i < 20_000; i++) {
            StoreKey value = keys.cacheValue(prefix, keyOf(hostileParts(random)));
            assertThat(value.text()).doesNotContainPattern("[*?\\[\\]\\\\{}\\p{Cntrl}]");
            assertThat(SlotHash.getSlot(keys.cacheLease(value).bytes()))
                    .as(value + " and its lease")
                    .isEqualTo(SlotHash.getSlot(value.bytes()));
            assertThat(keys.cacheValueOf(keys.cacheLease(value).text())).isEqualTo(value);
            assertThat(keys.cacheValueOf(value.text())).isEqualTo(value);
        }
    }

    @Test
    void keepsWhatIsReadable() {
        assertThat(Key.of("list", "search", "John Döe", "p1").text()).isEqualTo("list:search:John Döe:p1");
        assertThat(Key.of("a:b{c}*?[d]\\%\n\u0085").text()).isEqualTo("a%3Ab%7Bc%7D%2A%3F%5Bd%5D%5C%25%0A%C2%85");
        assertThat(Key.of("🎋").text()).isEqualTo("🎋");
    }

    @Test
    void printsTheKeysOfTheRequirements() {
        StoreKey user = keys.cacheValue(keys.cachePrefix("user"), Key.of("42"));
        assertThat(user.text()).isEqualTo("app:user:42");
        assertThat(keys.cacheLease(user).text()).isEqualTo("{app:user:42}:lease");
        assertThat(keys.cacheValue(keys.cachePrefix("user:list"), Key.of("search", "John", "p1", "l10"))
                        .text())
                .isEqualTo("app:user:list:search:John:p1:l10");
        assertThat(keys.tag("a:b").text()).isEqualTo("app:tag:a%3Ab");
        assertThat(keys.cacheNamespace("user:list").text()).isEqualTo("app:cache:user:list");
        assertThat(keys.wakeChannel()).isEqualTo("app:wake");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"cache", "tag", "session", "ratelimit", "lock", "counter", "board", "topic", "wake", "lock:x"})
    void aCacheMayNotTakeAWordOfOurOwnKeys(String name) {
        assertThatThrownBy(() -> keys.cachePrefix(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("Lumbung's own keys");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "a:", ":a", "a::b", "a b", "a*", "{a}", "ä"})
    void aCacheNameIsWordsOfPlainCharacters(String name) {
        assertThatThrownBy(() -> keys.cachePrefix(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot name a cache");
    }

    @Test
    void refusesWhatIsNoKey() {
        assertThatThrownBy(() -> Key.of("")).hasMessageContaining("empty");
        assertThatThrownBy(() -> Key.of("a", "")).hasMessageContaining("empty");
        assertThatThrownBy(() -> Key.of("a\ud800b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("index 1");
        assertThatThrownBy(() -> Key.parse("users:")).hasMessageContaining("empty part");
        assertThatThrownBy(() -> Key.parse("users:*")).hasMessageContaining("Key.of");
        assertThatThrownBy(() -> keys.cacheValue(keys.cachePrefix("c"), Key.of("x".repeat(1019))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1025 bytes")
                .hasMessageContaining("1024")
                .hasMessageContaining("Key.hashed");
        assertThat(keys.cacheValue(keys.cachePrefix("c"), Key.of("x".repeat(1018)))
                        .bytes())
                .hasSize(1024);
        assertThat(keys.cacheValue(keys.cachePrefix("c"), Key.hashed("x".repeat(5000)))
                        .bytes())
                .hasSizeLessThan(60);
    }

    @Test
    void aPatternMeansWhatItSaysAndNoMore() {
        KeyPattern lists = KeyPattern.parse("list:search:{}:*", "a*b");
        assertThat(lists.matches("list:search:a%2Ab:p1:l10")).isTrue();
        assertThat(lists.matches("list:search:axb:p1:l10")).isFalse();
        assertThat(KeyPattern.parse("p?").matches("p1")).isTrue();
        assertThat(KeyPattern.parse("p?").matches("p%3A")).isTrue();
        assertThat(KeyPattern.parse("p?").matches("p12")).isFalse();
        assertThat(KeyPattern.parse("[ab]*").matches("a1")).isFalse();
        assertThat(KeyPattern.parse("[ab]*").matches("%5Bab%5D1")).isTrue();
        assertThat(KeyPattern.prefix("list:*").matches("list:%2A:p1")).isTrue();
        assertThat(KeyPattern.prefix("list:*").matches("list:x:p1")).isFalse();
        assertThatThrownBy(() -> KeyPattern.parse("a:{}", "x", "y")).hasMessageContaining("1 places for values, got 2");
        assertThatThrownBy(() -> KeyPattern.parse("")).hasMessageContaining("clear()");
    }

    @Test
    void aPatternFindsItsKeysInAScan() {
        Random random = Seed.random("patterns cover their keys");
        String prefix = keys.cachePrefix("c");
        for (int i = 0; i < 5_000; i++) {
            List<String> parts = hostileParts(random);
            Key key = keyOf(parts);
            KeyPattern pattern = KeyPattern.parse("{}*", parts.get(0));
            assertThat(pattern.matches(key.text())).as(pattern + " and " + key).isTrue();
            assertThat(pattern.scanGlob(prefix)).startsWith("*app:c:").doesNotContain("[", "?", "\\");
        }
    }

    @Test
    void printsAsItsTextInUtf8() {
        StoreKey key = keys.cacheValue(keys.cachePrefix("c"), Key.of("é"));
        assertThat(new String(key.bytes(), StandardCharsets.UTF_8)).isEqualTo(key.text());
    }

    private static Key keyOf(List<String> parts) {
        return Key.of(parts.get(0), parts.subList(1, parts.size()).toArray(new String[0]));
    }

    private static List<String> hostileParts(Random random) {
        List<String> parts = new ArrayList<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            StringBuilder part = new StringBuilder();
            int length = 1 + random.nextInt(4);
            for (int j = 0; j < length; j++) {
                part.append(HOSTILE.charAt(random.nextInt(HOSTILE.length())));
            }
            parts.add(part.toString());
        }
        return parts;
    }
}
