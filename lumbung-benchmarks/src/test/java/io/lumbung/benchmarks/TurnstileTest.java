package io.lumbung.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TurnstileTest {

    private static final long MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Turnstile turnstile = new Turnstile();

    @Test
    void aHandOverLastsFromBeingGivenBackUntilTheNextOneHasIt() {
        turnstile.enter(turnstile.arrive(0), 5 * MS);
        var next = turnstile.arrive(6 * MS);
        assertThat(turnstile.exit(10 * MS)).isTrue();
        turnstile.enter(next, 13 * MS);

        assertThat(turnstile.latency().getTotalCount()).isEqualTo(1);
        assertThat(turnstile.latency().getMaxValue() / 1e6).isBetween(2.9, 3.1);
        assertThat(turnstile.longestWaitNanos()).isEqualTo(7 * MS);
    }

    @Test
    void whoComesWhenItIsFreeWasNotHandedIt() {
        turnstile.enter(turnstile.arrive(0), MS);
        assertThat(turnstile.exit(2 * MS)).isFalse();
        turnstile.enter(turnstile.arrive(3 * MS), 4 * MS);

        assertThat(turnstile.latency().getTotalCount()).isZero();
    }

    @Test
    void whoCameEarlierAndStillWaitsWasOvertaken() {
        var holder = turnstile.arrive(0);
        var first = turnstile.arrive(10 * MS);
        var second = turnstile.arrive(20 * MS);
        var third = turnstile.arrive(30 * MS);
        turnstile.enter(holder, 1);
        turnstile.exit(40 * MS);
        turnstile.enter(second, 41 * MS);
        assertThat(turnstile.overtaken()).isEqualTo(1);
        turnstile.exit(42 * MS);
        turnstile.enter(first, 43 * MS);
        turnstile.exit(44 * MS);
        turnstile.enter(third, 45 * MS);
        assertThat(turnstile.overtaken()).isEqualTo(1);
    }

    @Test
    void ofTwoWhoComeAtOnceEitherMayBeFirst() {
        turnstile.enter(turnstile.arrive(0), MS);
        turnstile.arrive(10 * MS);
        var second = turnstile.arrive(10 * MS + Turnstile.APART_NANOS);
        turnstile.exit(20 * MS);
        turnstile.enter(second, 21 * MS);

        assertThat(turnstile.overtaken()).isZero();
    }

    @Test
    void twoWhoHaveItAtOnceAreAnErrorNotAResult() {
        turnstile.enter(turnstile.arrive(0), MS);
        var other = turnstile.arrive(2 * MS);
        assertThatThrownBy(() -> turnstile.enter(other, 3 * MS)).isInstanceOf(WrongAnswerException.class);
    }

    @Test
    @Timeout(30)
    void nobodyAwaitsWhoGaveUp() throws Exception {
        int turn = turnstile.enter(turnstile.arrive(0), MS);
        var other = turnstile.arrive(2 * MS);
        assertThat(turnstile.exit(3 * MS)).isTrue();
        turnstile.giveUp(other);
        turnstile.awaitNext(turn);
    }
}
