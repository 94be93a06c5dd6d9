package io.lumbung.ratelimit;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;

/** A period of the calendar, as long as it is in a time zone: a day may have 23 or 25 hours. */
public enum CalendarPeriod {
    HOUR(Duration.ofHours(1)),
    DAY(Duration.ofHours(25)),
    /** From Monday. */
    WEEK(Duration.ofDays(7).plusHours(1)),
    MONTH(Duration.ofDays(31).plusHours(1)),
    YEAR(Duration.ofDays(366));

    private final Duration longest;

    CalendarPeriod(Duration longest) {
        this.longest = longest;
    }

    /** The longest such period there is. */
    Duration longest() {
        return longest;
    }

    /** When the period that {@code moment} is in began. */
    ZonedDateTime start(ZonedDateTime moment) {
        return switch (this) {
            case HOUR -> moment.truncatedTo(ChronoUnit.HOURS);
            case DAY -> midnight(moment);
            case WEEK -> midnight(moment.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
            case MONTH -> midnight(moment.withDayOfMonth(1));
            case YEAR -> midnight(moment.withDayOfYear(1));
        };
    }

    /** When the period after the one that began at {@code start} begins. */
    ZonedDateTime next(ZonedDateTime start) {
        return switch (this) {
            case HOUR -> start(start.plusHours(1));
            case DAY -> midnight(start.plusDays(1));
            case WEEK -> midnight(start.plusWeeks(1));
            case MONTH -> midnight(start.plusMonths(1));
            case YEAR -> midnight(start.plusYears(1));
        };
    }

    // Where clocks go forward at midnight the day begins at one.
    private static ZonedDateTime midnight(ZonedDateTime day) {
        return day.toLocalDate().atStartOfDay(day.getZone());
    }
}
