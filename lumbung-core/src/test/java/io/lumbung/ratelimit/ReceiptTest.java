package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.lumbung.ratelimit.Receipt.Taken;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a decision took can be given back once, and each part of it has a place of its own. */
class ReceiptTest {
    private static final RateLimit SMOOTH =
            RateLimit.smooth(10, Duration.ofSeconds(10)).named("smooth");
    private static final RateLimit LOG = RateLimit.slidingLog(10, Duration.ofSeconds(10));

    @Test
    void partsOfASmoothLimitAreGivenBackFromTheLastPermitOn() {
        Receipt receipt = Receipt.of(10, List.of(SMOOTH), new long[] {70_000_000});
        assertThat(receipt.spend(4)).containsExactly(new Taken(SMOOTH, 1_000_000, 70_000_000));
        assertThat(receipt.spend(1)).containsExactly(new Taken(SMOOTH, 1_000_000, 66_000_000));
        assertThat(receipt.spend(5)).containsExactly(new Taken(SMOOTH, 1_000_000, 65_000_000));
        assertThat(receipt.left()).isZero();
    }

    @Test
    void partsOfAWindowWereAllTakenAtOneMoment() {
        Receipt receipt = Receipt.of(2, List.of(LOG), new long[] {70_000_000});
        receipt.spend(1);
        assertThat(receipt.spend(1)).containsExactly(new Taken(LOG, 10_000_000, 70_000_000));
    }

    @Test
    void noPermitIsGivenBackTwice() {
        Receipt receipt = Receipt.of(3, List.of(), new long[0]);
        receipt.spend(2);
        assertThatIllegalArgumentException().isThrownBy(() -> receipt.spend(2)).withMessageContaining("1 are left");
        assertThat(receipt.left()).isEqualTo(1);
    }
}
