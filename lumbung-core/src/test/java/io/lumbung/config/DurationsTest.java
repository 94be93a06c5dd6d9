package io.lumbung.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "3s, PT3S",
        "500ms, PT0.5S",
        "1m30s, PT1M30S",
        "1.5h, PT1H30M",
        "250us, PT0.00025S",
        "250µs, PT0.00025S",
        "250μs, PT0.00025S",
        "1ns, PT0.000000001S",
        "0.1ns, PT0S",
        "1h2m3s4ms5us6ns, PT1H2M3.004005006S",
        "2d, PT48H",
        ".5s, PT0.5S",
        "1.s, PT1S",
        "+1s, PT1S",
        "-1m30s, PT-1M-30S",
        "0, PT0S",
        "0s, PT0S",
        "1s1s, PT2S",
        "PT2M, PT2M",
        "pt0.25s, PT0.25S",
        "P1DT1H, PT25H",
        "-PT1S, PT-1S",
        "9223372036854775807s, PT9223372036854775807S"
    })
    void readsGoStyleAndIso(String text, String iso) throws Wrong {
        assertThat(Durations.parse(text)).isEqualTo(Duration.parse(iso));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3",
                "1.5",
                ".",
                "s",
                "ms",
                "3 s",
                "3x",
                "3s4",
                "s3",
                "1..5s",
                "1,5s",
                "3S",
                "1M",
                "--1s",
                "+-1s",
                "-",
                "+",
                "0x10s",
                "1e3s",
                "NaN",
                "Infinity",
                "٣s",
                "P",
                "PT",
                "P1Y",
                "PT1",
                "-P",
                "P-",
                "9223372036854775808s",
                "2562047788015216h",
                "99999999999999999999999d",
                "PT9223372036854775808S",
                "P999999999999999999D",
                "1111111111111111111111111111111111111111111111111111111111111111s"
            })
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).isInstanceOf(Wrong.class);
    }

    @Test
    void writesWhatItReads() throws Wrong {
        long seed = Long.getLong("lumbung.seed", System.nanoTime());
        System.out.println("DurationsTest seed " + seed);
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Duration duration =
                    Duration.ofSeconds(random.nextLong() >> random.nextInt(64), random.nextInt(1_000_000_000));
            String text = Durations.text(duration);
            assertThat(Durations.parse(text)).as("seed %d: %s", seed, text).isEqualTo(duration);
        }
        assertThat(Durations.text(Duration.ofMillis(250))).isEqualTo("250ms");
        assertThat(Durations.text(Duration.ofSeconds(90))).isEqualTo("1m30s");
        assertThat(Durations.text(Duration.ofHours(24))).isEqualTo("24h");
        assertThat(Durations.text(Duration.ZERO)).isEqualTo("0s");
    }
}
