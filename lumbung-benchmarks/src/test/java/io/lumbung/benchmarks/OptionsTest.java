package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void oneArgumentMayHoldAllWords() {
        var options = Options.parse("hits rounds=3 seconds=0.5", "loads=1,64");

        assertThat(options.bench()).isEqualTo(Bench.HITS);
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.window()).isEqualTo(Duration.ofMillis(500));
        assertThat(options.loads()).containsExactly(new Load(1, false), new Load(64, false));
    }

    @Test
    void theBaselineAlwaysRuns() {
        var chosen = Options.parse("hits contenders=jetcache").choose(Entrants.hits());

        assertThat(chosen).extracting(Entrant::name).containsExactly("lettuce", "jetcache");
    }

    @Test
    void whatItDoesNotKnowIsRefusedByName() {
        assertThatIllegalArgumentException().isThrownBy(Options::parse).withMessageContaining("name a bench");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("misses"))
                .withMessageContaining("hits, postgres, jmh, limits");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("hits speed=9"))
                .withMessageContaining("speed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("hits rounds=0"))
                .withMessageContaining("rounds");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("hits loads=many"))
                .withMessageContaining("many");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.parse("hits contenders=memcached").choose(Entrants.hits()))
                .withMessageContaining("memcached");
    }
}
