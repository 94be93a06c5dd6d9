package io.lumbung.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.observe.Observation.BreakerState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final List<BreakerState> changes = new ArrayList<>();
    private final Breaker breaker = new Breaker(changes::add);

    @Test
    void opensAfterThreeFailuresInARowAndRefusesAtOnce() {
        breaker.failed();
        breaker.failed();
        breaker.succeeded();
        breaker.failed();
        breaker.failed();
        assertThat(breaker.permits()).isTrue();
        breaker.failed();
        assertThat(breaker.permits()).isFalse();
        assertThat(changes).containsExactly(BreakerState.OPEN);
    }

    @Test
    void letsOneCallTryAfterTwoQuickPings() {
        open();
        breaker.pinged(true);
        assertThat(breaker.permits()).isFalse();
        breaker.pinged(true);
        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.permits()).as("only one at a time").isFalse();
        breaker.succeeded();
        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.permits()).isTrue();
        assertThat(changes).containsExactly(BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED);
    }

    @Test
    void opensAgainIfTheTryFails() {
        open();
        breaker.pinged(true);
        breaker.pinged(true);
        assertThat(breaker.permits()).isTrue();
        breaker.failed();
        assertThat(breaker.permits()).isFalse();
        assertThat(changes).containsExactly(BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.OPEN);
    }

    @Test
    void anAbandonedTryMakesRoomForTheNext() {
        open();
        breaker.linked();
        assertThat(breaker.permits())
                .as("a new link alone proves nothing of speed")
                .isFalse();
        breaker.pinged(true);
        assertThat(breaker.permits()).isTrue();
        breaker.abandoned();
        assertThat(breaker.permits()).isTrue();
    }

    @Test
    void aServerThatIsSlowForGoodNeverFlaps() {
        open();
        for (int i = 0; i < 1_000; i++) {
            breaker.pinged(i % 2 == 0);
        }
        assertThat(changes).containsExactly(BreakerState.OPEN);
    }

    @Test
    void lateAnswersOfCallsSentBeforeItOpenedDoNotCloseIt() {
        open();
        breaker.succeeded();
        assertThat(breaker.permits()).isFalse();
    }

    private void open() {
        breaker.failed();
        breaker.failed();
        breaker.failed();
    }
}
