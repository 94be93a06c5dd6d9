package io.lumbung.service.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RhythmTest {

    private static final Rhythm HOURLY = new Rhythm(Duration.ofHours(1));

    @Test
    void theFirstDigestIsAboutTheLastPeriodThatSettled() {
        assertThat(due("2026-11-20T10:00:10Z", "")).isEqualTo(List.of("09:00-10:00"));
        assertThat(due("2026-11-20T10:00:09.999Z", "")).isEqualTo(List.of("08:00-09:00"));
        assertThat(due("2026-11-20T10:59:59Z", "")).isEqualTo(List.of("09:00-10:00"));
    }

    @Test
    void theNextOnesFollowWithoutGapOrOverlap() {
        assertThat(due("2026-11-20T11:00:10Z", "2026-11-20T10:00:00Z")).isEqualTo(List.of("10:00-11:00"));
        assertThat(due("2026-11-20T11:00:09Z", "2026-11-20T10:00:00Z")).isEmpty();
        assertThat(due("2026-11-20T13:30:00Z", "2026-11-20T10:00:00Z"))
                .isEqualTo(List.of("10:00-11:00", "11:00-12:00", "12:00-13:00"));
        assertThat(due("2026-11-20T10:30:00Z", "2026-11-20T10:00:00Z")).isEmpty();
    }

    @Test
    void aClockThatStepsBackWritesNothingTwice() {
        assertThat(due("2026-11-20T08:30:00Z", "2026-11-20T10:00:00Z")).isEmpty();
    }

    @Test
    void afterALongSilenceTheLastDayIsMadeUpFor() {
        List<Period> due =
                HOURLY.due(Instant.parse("2026-11-20T10:30:00Z"), Optional.of(Instant.parse("2026-01-01T00:00:00Z")));
        assertThat(due).hasSize(Rhythm.MOST_AT_ONCE);
        assertThat(due.get(0).start()).isEqualTo("2026-11-19T10:00:00Z");
        assertThat(due.get(23).end()).isEqualTo("2026-11-20T10:00:00Z");
    }

    @Test
    void anotherRhythmBeginsWhereTheLastOneEnded() {
        // Half an hour until now, and the last of them ended at half past nine.
        assertThat(due("2026-11-20T11:30:00Z", "2026-11-20T09:30:00Z")).isEqualTo(List.of("10:00-11:00"));
    }

    @Test
    void theNextLookIsWhenThePeriodHasSettled() {
        assertThat(HOURLY.next(Instant.parse("2026-11-20T10:00:10Z"))).isEqualTo("2026-11-20T11:00:10Z");
        assertThat(HOURLY.next(Instant.parse("2026-11-20T10:00:09Z"))).isEqualTo("2026-11-20T10:00:10Z");
        assertThat(new Rhythm(Duration.ofSeconds(2)).next(Instant.parse("2026-11-20T10:00:01Z")))
                .isEqualTo("2026-11-20T10:00:02.200Z");
    }

    @Test
    void theLockIsFreeAgainBeforeTheNextLook() {
        assertThat(HOURLY.lockAtLeastFor(Instant.parse("2026-11-20T10:00:10Z"))).hasSeconds(30);
        assertThat(HOURLY.lockAtLeastFor(Instant.parse("2026-11-20T10:59:50Z"))).hasSeconds(10);
        Rhythm quick = new Rhythm(Duration.ofSeconds(1));
        assertThat(quick.ttl()).hasSeconds(1);
        for (int millis = 0; millis < 1_000; millis++) {
            Instant now = Instant.ofEpochMilli(1_800_000_000_000L + millis);
            assertThat(quick.lockAtLeastFor(now))
                    .isPositive()
                    .isLessThan(Duration.between(now, quick.next(now)))
                    .isLessThanOrEqualTo(quick.ttl());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1H", "PT0.999S", "PT24H0.001S", "PT1.0000001S"})
    void aRhythmThatMakesNoSenseIsRefused(Duration every) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Rhythm(every))
                .withMessageContaining("1 s to 24 h")
                .withMessageContaining(every.toString());
    }

    @Test
    void aPeriodEndsAfterItsStart() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Period(Instant.EPOCH, Instant.EPOCH));
    }

    private static List<String> due(String now, String until) {
        return HOURLY
                .due(Instant.parse(now), until.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(until)))
                .stream()
                .map(period -> period.start().toString().substring(11, 16) + "-"
                        + period.end().toString().substring(11, 16))
                .toList();
    }
}
