package io.lumbung.ratelimit;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.time.zone.ZoneOffsetTransition;

/** A period of the calendar, as long as it is in a time zone: a day may have 23 or 25 hours. */
public enum CalendarPeriod {
    /** Of the local clock; it also ends where that clock is set forward or back. */
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
            case HOUR -> hour(moment);
            case DAY -> midnight(moment);
            case WEEK -> midnight(moment.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)));
            case MONTH -> midnight(moment.withDayOfMonth(1));
            case YEAR -> midnight(moment.withDayOfYear(1));
        };
    }

    /** When the period after the one that began at {@code start} begins. */
    ZonedDateTime next(ZonedDateTime start) {
        return switch (this) {
            case HOUR -> nextHour(start);
            case DAY -> midnight(start.plusDays(1));
            case WEEK -> midnight(start.plusWeeks(1));
            case MONTH -> midnight(start.plusMonths(1));
            case YEAR -> midnight(start.plusYears(1));
        };
    }

    // Where clocks change by half an hour, or at a quarter to three, the hour by the local clock is not the one by its
    // offset: it may begin after the moment asked for, or never end.
    private static ZonedDateTime hour(ZonedDateTime moment) {
        Instant hour = moment.toOffsetDateTime().truncatedTo(ChronoUnit.HOURS).toInstant();
        ZoneOffsetTransition change = moment.getZone()
                .getRules()
                .previousTransition(moment.toInstant().plusNanos(1));
        boolean set = change != null && change.getInstant().isAfter(hour);
        return (set ? change.getInstant() : hour).atZone(moment.getZone());
    }

    private static ZonedDateTime nextHour(ZonedDateTime start) {
        Instant next = start.toOffsetDateTime()
                .truncatedTo(ChronoUnit.HOURS)
                .plusHours(1)
                .toInstant();
        ZoneOffsetTransition change = start.getZone().getRules().nextTransition(start.toInstant());
        boolean set = change != null && change.getInstant().isBefore(next);
        return (set ? change.getInstant() : next).atZone(start.getZone());
    }

    // Where clocks go forward at midnight the day begins at one.
    private static ZonedDateTime midnight(ZonedDateTime day) {
        return day.toLocalDate().atStartOfDay(day.getZone());
    }
}
