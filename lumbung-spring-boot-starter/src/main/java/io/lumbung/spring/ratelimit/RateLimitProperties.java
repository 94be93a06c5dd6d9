package io.lumbung.spring.ratelimit;

import io.lumbung.config.ConfigException;
import io.lumbung.ratelimit.CalendarPeriod;
import io.lumbung.ratelimit.WhenDown;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How often clients may come.
 *
 * @param enabled Whether rules are applied to requests.
 * @param file A YAML file with 'rules:', used instead of the properties' rules and read again when it changes.
 * @param fileCheck How often to look whether the file changed.
 * @param filterOrder The order of the filter; by default just before Spring Security's, so that logins are protected.
 * @param exemptPaths Paths that no rule concerns, whatever the method, beside the actuator's and static files that exist.
 * @param rules Rules by name. The name is part of the keys in Redis, so no two rules share a counter.
 */
@ConfigurationProperties(RateLimitProperties.PREFIX)
record RateLimitProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String file,
        @DefaultValue("5s") Duration fileCheck,
        @DefaultValue("-102") int filterOrder,
        @DefaultValue List<String> exemptPaths,

        @DefaultValue Map<String, Rule> rules) {
    static final String PREFIX = "lumbung.ratelimit";

    RateLimitProperties {
        if (fileCheck.compareTo(Duration.ofMillis(10)) < 0 || fileCheck.compareTo(Duration.ofHours(24)) > 0) {
            throw ConfigException.of(
                    PREFIX + ".file-check",
                    fileCheck.toString(),
                    "it must be from 10ms to 24h",
                    "Set it to how often to look, for example 5s");
        }
    }

    /**
     * One rule: a preset or limits, and to which requests it applies.
     *
     * @param preset What to start from; every other setting of the rule wins over it.
     * @param algorithm How the one limit counts; sliding-log if not set.
     * @param permits How many permits there are per window or period.
     * @param window The time the permits are for, such as 1m or 1h30m, 10 ms to 366 days.
     * @param burst How many can be had at once, for algorithm smooth; as many as permits if not set.
     * @param period The calendar's period, for algorithm quota.
     * @param zone The time zone of the period, such as Europe/Berlin; UTC if not set.
     * @param limits Several limits, all of which must admit a request, instead of the one above.
     * @param key Whom a request counts for: ip, user, or the name of a RateLimitKey bean; ip if not set.
     * @param paths Path patterns it applies to; every path if not set, none for a rule that only annotations name.
     * @param methods Methods of HTTP it applies to; all if not set.
     * @param cost How many permits a request takes; 1 if not set.
     * @param whenDown What is answered while Redis does not; allow if not set.
     * @param shadow Whether it only counts and refuses nobody, to try it on live traffic.
     */
    record Rule(
            @Nullable Preset preset,
            @Nullable Algorithm algorithm,
            @Nullable Long permits,
            @Nullable String window,
            @Nullable Long burst,
            @Nullable CalendarPeriod period,
            @Nullable ZoneId zone,
            @Nullable List<Limit> limits,
            @Nullable String key,
            @Nullable List<String> paths,
            @Nullable List<String> methods,
            @Nullable Long cost,
            @Nullable WhenDown whenDown,
            @Nullable Boolean shadow) {}

    /**
     * One of several limits of a rule.
     *
     * @param name What the limit is called beside the others; by default its window or period.
     * @param algorithm How it counts; sliding-log if not set.
     * @param permits How many permits there are per window or period.
     * @param window The time the permits are for, such as 1m or 1h30m, 10 ms to 366 days.
     * @param burst How many can be had at once, for algorithm smooth; as many as permits if not set.
     * @param period The calendar's period, for algorithm quota.
     * @param zone The time zone of the period, such as Europe/Berlin; UTC if not set.
     */
    record Limit(
            @Nullable String name,
            @Nullable Algorithm algorithm,
            @Nullable Long permits,
            @Nullable String window,
            @Nullable Long burst,
            @Nullable CalendarPeriod period,
            @Nullable ZoneId zone) {}

    /** Rules everybody needs. */
    enum Preset {
        /** 100 a minute for each address. Its keys carry no name. */
        API,
        /** 5 a minute for each address, for paths that take passwords. */
        AUTH,
        /** 60 a minute for each user; for those who are not logged in, for each address. */
        USER
    }

    /** How a limit counts. */
    enum Algorithm {
        /** Exact, in any span of the window. */
        SLIDING_LOG,
        /** Two counters; fewer than twice the permits in any window. */
        SLIDING_COUNTER,
        /** Permits come back evenly, with room for a burst. */
        SMOOTH,
        /** A period of the calendar. */
        QUOTA
    }
}
