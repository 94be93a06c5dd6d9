package io.lumbung.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisUrlTest {
    /** What a URL says, in one line: nodes, primary, tls, user, password, db. */
    private static String said(String url) throws Wrong {
        RedisUrl said = RedisUrl.parse(url);
        Secret password = said.password();
        return String.join(
                " ",
                said.nodes().toString().replace(", ", ","),
                String.valueOf(said.sentinelMaster()),
                said.tls() ? "tls" : "plain",
                said.username() == null ? "-" : "<" + said.username() + ">",
                password == null ? "-" : "<" + password.value() + ">",
                String.valueOf(said.db()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            redis://localhost:6379/0                    | [localhost:6379] null plain - - 0
            redis://h                                   | [h:6379] null plain - - null
            redis://h/                                  | [h:6379] null plain - - null
            REDIS://H:1                                 | [H:1] null plain - - null
            rediss://h/15                               | [h:6379] null tls - - 15
            redis://:pw@h                               | [h:6379] null plain <> <pw> null
            redis://ana:pw@h                            | [h:6379] null plain <ana> <pw> null
            redis://ana@h                               | [h:6379] null plain <ana> - null
            redis://@h                                  | [h:6379] null plain - - null
            redis://:@h                                 | [h:6379] null plain - - null
            redis://a%3Ab:p%40%2F%25%23%3f%20+@h/1      | [h:6379] null plain <a:b> <p@/%#? +> 1
            redis://:%E2%82%AC€@h                       | [h:6379] null plain <> <€€> null
            redis://:a:b@h                              | [h:6379] null plain <> <a:b> null
            redis://:a@b@h                              | [h:6379] null plain <> <a@b> null
            redis://:a,b@h,i                            | [h:6379,i:6379] null plain <> <a,b> null
            redis://[::1]                               | [[::1]:6379] null plain - - null
            redis://[2001:db8::1]:7000/2                | [[2001:db8::1]:7000] null plain - - 2
            redis://[fe80::1%25eth0]:1                  | [[fe80::1%eth0]:1] null plain - - null
            redis://[::ffff:10.0.0.1]:1                 | [[::ffff:10.0.0.1]:1] null plain - - null
            redis://10.0.0.1:1                          | [10.0.0.1:1] null plain - - null
            redis://redis_data-1.svc.local.:1           | [redis_data-1.svc.local.:1] null plain - - null
            redis://h:00001                             | [h:1] null plain - - null
            redis://a:1,b:2,[::1]:3,c                   | [a:1,b:2,[::1]:3,c:6379] null plain - - null
            redis-sentinel://a,b:1#mymaster             | [a:26379,b:1] mymaster plain - - null
            redis-sentinel://u:p@a/3#my.master-1        | [a:26379] my.master-1 plain <u> <p> 3
            redis-sentinel://a/3?sentinelMasterId=m     | [a:26379] m plain - - 3
            redis-sentinel://a?sentinelMasterId=m#m     | [a:26379] m plain - - null
            rediss-sentinel://a#m                       | [a:26379] m tls - - null
            """)
    void saysWhatIsWrittenInIt(String url, String expected) throws Wrong {
        assertThat(said(url)).isEqualTo(expected);
    }

    @Test
    void everyPasswordSurvivesItsEncoding() throws Wrong {
        Random random = seeded();
        for (int i = 0; i < 5_000; i++) {
            String password = "hunter2" + text(random, 20);
            String username = "u" + text(random, 20);
            RedisUrl url = RedisUrl.parse("redis://" + encoded(username) + ":" + encoded(password) + "@h:1/2");
            assertThat(url.password()).as(password).isEqualTo(Secret.of(password));
            assertThat(url.username()).isEqualTo(username);
            assertThat(url.toString()).doesNotContain(password);
        }
    }

    /** Whatever stands where a URL belongs: a configuration or a {@link ConfigException}, quick, and no secret in it. */
    @Test
    void hostileTextNeverLeaksNorBreaks() {
        Random random = seeded();
        String[] pieces = {
            "redis",
            "rediss",
            "redis-sentinel",
            "://",
            ":",
            "@",
            "/",
            "?",
            "#",
            "%",
            "%41",
            "[",
            "]",
            "[::1]",
            ",",
            "h",
            "6379",
            "0",
            "\n",
            "\0",
            "ü",
            "\u202e",
            "sentinelMasterId=",
            "&",
            "=",
            " ",
            "\\",
            "{",
            "..",
            "-",
            ""
        };
        for (int i = 0; i < 10_000; i++) {
            var text = new StringBuilder(random.nextInt(4) == 0 ? "" : "redis://");
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            // The secret stands where user info ends, whatever is around it.
            int at = text.indexOf("@");
            String secret = "hunter" + random.nextInt(10) + "two";
            String url =
                    at < 0 ? text.toString() : text.insert(at, ":" + secret).toString();
            try {
                LumbungConfig config = LumbungConfig.from(Map.of("REDIS_URL", url, "LUMBUNG_STATE_REDIS_URL", url));
                assertThat(config.toString()).as("%s", url).doesNotContain(secret);
            } catch (ConfigException e) {
                assertThat(e.getMessage()).as("%s", url).doesNotContain(secret).doesNotContain("\n");
            }
        }
    }

    @Test
    void longTextIsRefusedQuickly() {
        for (String piece : new String[] {":", ",", "[", "@", "%41", "a,", ":1,", "/", "?a&", "::", "."}) {
            String url = "redis://" + piece.repeat(16_000 / piece.length());
            try {
                LumbungConfig.from(Map.of("REDIS_URL", url, "REDIS_HOST", url));
            } catch (ConfigException e) {
                assertThat(e.getMessage()).hasSizeLessThan(600);
            }
            try {
                LumbungConfig.from(Map.of("REDIS_HOST", url.substring(8)));
            } catch (ConfigException e) {
                assertThat(e.getMessage()).hasSizeLessThan(600);
            }
        }
    }

    private static Random seeded() {
        long seed = Long.getLong("lumbung.seed", System.nanoTime());
        System.out.println("RedisUrlTest seed " + seed);
        return new Random(seed);
    }

    private static String text(Random random, int longest) {
        var text = new StringBuilder();
        for (int n = random.nextInt(longest); n > 0; n--) {
            int c = random.nextBoolean() ? 33 + random.nextInt(94) : random.nextInt(0x10000);
            text.appendCodePoint(Character.isSurrogate((char) c) ? 0x1F600 + (c & 63) : c);
        }
        return text.toString();
    }

    private static String encoded(String text) {
        var encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append(
                    b >= 'a' && b <= 'z' ? String.valueOf((char) b) : String.format(Locale.ROOT, "%%%02X", b & 0xff));
        }
        return encoded.toString();
    }
}
