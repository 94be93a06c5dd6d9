package io.lumbung.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Seed;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {
    private static final KeySpace KEYS = new KeySpace("app");
    private static final byte[] JSON = "{\"name\":\"Ana\"}".getBytes(UTF_8);
    private static final String TOKEN = "AbCdEf-_012";

    private final Envelope envelope = new Envelope("user");
    private final StoreKey key = key("1");

    private static StoreKey key(String id) {
        return KEYS.cacheValue(KEYS.cachePrefix("user"), Key.of(id));
    }

    @Test
    void readsWhatItWrote() {
        byte[] bytes = envelope.write(key, JSON, null, Map.of());
        Entry entry = envelope.read(key, bytes);
        assertThat(entry).isNotNull();
        assertThat(entry.isNull()).isFalse();
        assertThat(entry.namespace()).isNull();
        assertThat(entry.tags()).isEmpty();
        assertThat(Arrays.copyOfRange(bytes, entry.payload(), bytes.length)).isEqualTo(JSON);
        assertThat(new String(bytes, UTF_8)).matches("LB1 v [\\w-]{11} 0 0 - -\\n\\{\"name\":\"Ana\"}");
    }

    @Test
    void readsWhatItWroteWithTags() {
        Map<String, String> tags = new LinkedHashMap<>();
        List.of("user", "-", "-x", "a=b", "a,b", "été\n", "100%", "🙂", "{x}:*", " ".repeat(3), "y")
                .subList(0, 8)
                .forEach(tag -> tags.put(tag, new Tokens().next()));
        byte[] bytes = envelope.write(key, null, "-----------", tags);
        Entry entry = envelope.read(key, bytes);
        assertThat(entry).isNotNull();
        assertThat(entry.isNull()).isTrue();
        assertThat(entry.namespace()).isEqualTo("-----------");
        assertThat(entry.tags()).containsExactlyEntriesOf(tags);
        String header = new String(bytes, UTF_8).lines().findFirst().orElseThrow();
        assertThat(header).matches("[ -~]+");
    }

    @Test
    void doesNotBelieveBytesOfAnotherKeyOrAnotherCache() {
        byte[] bytes = envelope.write(key, JSON, null, Map.of());
        assertThat(envelope.read(key("2"), bytes)).isNull();
        assertThat(new Envelope("userx").read(key, bytes)).isNull();
        assertThat(new Envelope("user").read(key("1"), bytes)).isNotNull();
    }

    @Test
    void keepsRoomForTimes() {
        String text = new String(envelope.write(key, JSON, null, Map.of()), UTF_8);
        Entry entry = envelope.read(
                key, text.replace(" 0 0 ", " 1763632800000 1763632900000 ").getBytes(UTF_8));
        assertThat(entry).isNotNull();
        assertThat(entry.payload()).isEqualTo(text.indexOf('\n') + 1 + 24);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "LB1",
                "LB1 v D 0 0 - -",
                "LB1 v D 0 0 - -\n",
                "LB1 n D 0 0 - -\n{}",
                "LB1 n D 0 0 - -\nnullnull",
                "LB1 x D 0 0 - -\n{}",
                "LB2 v D 0 0 - -\n{}",
                "lb1 v D 0 0 - -\n{}",
                "LB1  v D 0 0 - -\n{}",
                "LB1 v D 0 - -\n{}",
                "LB1 v D 0 0 0 - -\n{}",
                "LB1 v D -1 0 - -\n{}",
                "LB1 v D 12345678901234567 0 - -\n{}",
                "LB1 v D 0 0 -\n{}",
                "LB1 v D 0 0 - - \n{}",
                "LB1 v D 0 0 - -\r\n{}",
                "LB1 v D 0 0 short -\n{}",
                "LB1 v D 0 0 AbCdEf-_0123 -\n{}",
                "LB1 v D 0 0 AbCdEf-_01+ -\n{}",
                "LB1 v D 0 0 AbCdEf-_012 =AbCdEf-_012\n{}",
                "LB1 v D 0 0 AbCdEf-_012 a=short\n{}",
                "LB1 v D 0 0 AbCdEf-_012 a=AbCdEf-_012,\n{}",
                "LB1 v D 0 0 AbCdEf-_012 a=AbCdEf-_012,a=AbCdEf-_012\n{}",
                "LB1 v D 0 0 AbCdEf-_012 a%zz=AbCdEf-_012\n{}",
                "LB1 v D 0 0 AbCdEf-_012 a%4=AbCdEf-_012\n{}",
                "LB1 v D 0 0 AbCdEf-_012 %61=AbCdEf-_012\n{}",
                "LB1 v D 0 0 AbCdEf-_012 %ff=AbCdEf-_012\n{}",
                "LB1 v D 0 0 AbCdEf-_012 a=AbCdEf-_012{}"
            })
    void isStrict(String text) {
        String digest = new String(envelope.write(key, JSON, null, Map.of()), UTF_8).substring(6, 17);
        assertThat(envelope.read(key, text.replace("D", digest).getBytes(UTF_8)))
                .isNull();
    }

    @Test
    void refusesMoreTagsThanAnEntryMayHave() {
        Map<String, String> tags = new LinkedHashMap<>();
        for (int i = 0; i < 8; i++) {
            tags.put("t" + i, TOKEN);
        }
        assertThat(envelope.read(key, envelope.write(key, JSON, TOKEN, tags))).isNotNull();
        tags.put("t8", TOKEN);
        assertThat(envelope.read(key, envelope.write(key, JSON, TOKEN, tags))).isNull();
    }

    @Test
    void neverThrowsWhateverTheBytes() {
        Random random = Seed.random("EnvelopeTest.neverThrows");
        Map<String, String> tags = Map.of("a", TOKEN, "été", TOKEN);
        List<byte[]> good = List.of(
                envelope.write(key, JSON, null, Map.of()),
                envelope.write(key, null, null, Map.of()),
                envelope.write(key, JSON, TOKEN, tags));
        for (int i = 0; i < 300_000; i++) {
            byte[] bytes = good.get(random.nextInt(good.size())).clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes = changed(bytes, random);
            }
            Entry entry = envelope.read(key, bytes);
            if (entry != null) {
                assertThat(entry.payload()).isBetween(1, bytes.length - 1);
                assertThat(bytes[entry.payload() - 1]).isEqualTo((byte) '\n');
            }
            byte[] noise = new byte[random.nextInt(80)];
            random.nextBytes(noise);
            assertThat(envelope.read(key, noise)).isNull();
        }
    }

    private static byte[] changed(byte[] bytes, Random random) {
        if (bytes.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] = (byte) random.nextInt();
            case 1 -> bytes[at] = (byte) " \n-=,%0A".charAt(random.nextInt(8));
            case 2 -> {
                return Arrays.copyOf(bytes, at);
            }
            default -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                return longer;
            }
        }
        return bytes;
    }
}
