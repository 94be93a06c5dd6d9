package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Periods follow each other without a gap, whatever a time zone does to its clocks. */
class CalendarPeriodTest {
    private static final Instant FROM = Instant.parse("2013-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2035-01-01T00:00:00Z");

    @ParameterizedTest
    @EnumSource
    void everyMomentAroundAChangeOfClocksIsInItsPeriodInEveryZone(CalendarPeriod period) {
        int moments = 0;
        for (String id : ZoneId.getAvailableZoneIds()) {
            ZoneId zone = ZoneId.of(id);
            ZoneOffsetTransition change = zone.getRules().nextTransition(FROM);
            while (change != null && change.getInstant().isBefore(TO)) {
                for (int minutes = -125; minutes <= 125; minutes += 25) {
                    requireWithin(
                            period,
                            change.getInstant().plusSeconds(60L * minutes).atZone(zone));
                    moments++;
                }
                requireWithin(period, change.getInstant().minusNanos(1).atZone(zone));
                change = zone.getRules().nextTransition(change.getInstant());
            }
        }
        assertThat(moments).isGreaterThan(50_000);
    }

    private static void requireWithin(CalendarPeriod period, ZonedDateTime moment) {
        ZonedDateTime start = period.start(moment);
        ZonedDateTime end = period.next(start);
        if (start.isAfter(moment)
                || !end.isAfter(moment)
                || !period.start(start).isEqual(start)
                || !period.start(end).isEqual(end)
                || !period.start(end.minusNanos(1)).isEqual(start)) {
            throw new AssertionError(period + " of " + moment + " is said to be " + start + " to " + end);
        }
    }

    @Test
    void anHourEndsWhereClocksAreSetByHalfAnHour() {
        // At two they are set back to half past one.
        ZonedDateTime before = Instant.parse("2026-04-04T14:45:00Z").atZone(ZoneId.of("Australia/Lord_Howe"));
        assertThat(CalendarPeriod.HOUR.start(before).toInstant()).isEqualTo("2026-04-04T14:00:00Z");
        ZonedDateTime end = CalendarPeriod.HOUR.next(CalendarPeriod.HOUR.start(before));
        assertThat(end.toInstant()).isEqualTo("2026-04-04T15:00:00Z");
        assertThat(CalendarPeriod.HOUR.next(end).toInstant()).isEqualTo("2026-04-04T15:30:00Z");
    }
}
