package io.lumbung.spring.ratelimit;

import io.lumbung.config.ConfigException;
import io.lumbung.config.LumbungConfig;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.WhenDown;
import io.lumbung.spring.ratelimit.RateLimitProperties.Algorithm;
import io.lumbung.spring.ratelimit.RateLimitProperties.Limit;
import io.lumbung.spring.ratelimit.RateLimitProperties.Preset;
import io.lumbung.spring.ratelimit.RateLimitProperties.Rule;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes a rule of what somebody wrote, and says what is wrong in the words he wrote. */
final class RuleText {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final String name;
    private final UnaryOperator<String> setting;
    private final Rule rule;
    private final @Nullable Preset preset;

    /** @param setting names a setting of the rule as its author did */
    RuleText(String name, UnaryOperator<String> setting, Rule rule) {
        this.name = name;
        this.setting = setting;
        this.rule = rule;
        this.preset = rule.preset();
    }

    RateLimitRule rule() {
        try {
            return new RateLimitRule(
                    name,
                    limits(),
                    key(),
                    paths(),
                    rule.methods() == null ? Set.of() : Set.copyOf(rule.methods()),
                    rule.cost() == null ? 1 : rule.cost(),
                    rule.whenDown() == null ? WhenDown.ALLOW : rule.whenDown(),
                    Boolean.TRUE.equals(rule.shadow()),
                    preset == Preset.API && key().equals(RateLimitRule.IP));
        } catch (ConfigException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw ConfigException.of(setting.apply(""), null, String.valueOf(e.getMessage()), "Correct it");
        }
    }

    private String key() {
        return rule.key() != null && !rule.key().isBlank()
                ? rule.key().strip()
                : preset == Preset.USER ? RateLimitRule.USER : RateLimitRule.IP;
    }

    private List<String> paths() {
        if (rule.paths() != null) {
            return rule.paths();
        }
        if (preset == Preset.AUTH) {
            throw ConfigException.of(
                    setting.apply("paths"),
                    null,
                    "it is missing, and 5 a minute are too few for every path",
                    "Set it to the paths that take passwords, for example /login, or to [] if only @RateLimited names"
                            + " the rule");
        }
        return List.of("/**");
    }

    private List<RateLimit> limits() {
        Limit one = new Limit(
                null, rule.algorithm(), rule.permits(), rule.window(), rule.burst(), rule.period(), rule.zone());
        boolean single = Stream.of(one.algorithm(), one.permits(), one.window(), one.burst(), one.period(), one.zone())
                .anyMatch(value -> value != null);
        if (rule.limits() == null || rule.limits().isEmpty()) {
            if (!single && preset == null) {
                throw ConfigException.of(
                        setting.apply(""),
                        null,
                        "it has no limit",
                        "Set " + setting.apply("permits") + " and " + setting.apply("window") + ", or "
                                + setting.apply("limits") + ", or " + setting.apply("preset")
                                + " to one of api, auth, user");
            }
            return List.of(limit(one, setting, preset));
        }
        if (single) {
            throw ConfigException.of(
                    setting.apply("limits"),
                    null,
                    "the rule has limits and a limit of its own",
                    "Move the latter into the list");
        }
        List<RateLimit> limits = new ArrayList<>();
        for (int i = 0; i < rule.limits().size(); i++) {
            String place = "limits[" + i + "]";
            limits.add(limit(
                    rule.limits().get(i), field -> setting.apply(field.isEmpty() ? place : place + "." + field), null));
        }
        return limits;
    }

    private static RateLimit limit(Limit limit, UnaryOperator<String> setting, @Nullable Preset preset) {
        Algorithm algorithm = limit.algorithm() == null ? Algorithm.SLIDING_LOG : limit.algorithm();
        long permits = permits(limit, setting, preset);
        refuse(limit.burst(), setting.apply("burst"), algorithm == Algorithm.SMOOTH, "smooth");
        refuse(limit.period(), setting.apply("period"), algorithm == Algorithm.QUOTA, "quota");
        refuse(limit.zone(), setting.apply("zone"), algorithm == Algorithm.QUOTA, "quota");
        refuse(
                limit.window(),
                setting.apply("window"),
                algorithm != Algorithm.QUOTA,
                "sliding-log, -counter and smooth");
        try {
            RateLimit made = switch (algorithm) {
                case SLIDING_LOG -> RateLimit.slidingLog(permits, window(limit, setting, preset));
                case SLIDING_COUNTER -> RateLimit.slidingCounter(permits, window(limit, setting, preset));
                case SMOOTH ->
                    RateLimit.smooth(
                            permits, window(limit, setting, preset), limit.burst() == null ? permits : limit.burst());
                case QUOTA -> quota(limit, setting, permits);
            };
            return limit.name() == null ? made : made.named(limit.name());
        } catch (ConfigException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw ConfigException.of(setting.apply(""), null, String.valueOf(e.getMessage()), "Correct it");
        }
    }

    private static RateLimit quota(Limit limit, UnaryOperator<String> setting, long permits) {
        if (limit.period() == null) {
            throw ConfigException.of(
                    setting.apply("period"),
                    null,
                    "a quota needs one",
                    "Set it to one of hour, day, week, month, year");
        }
        ZoneId zone = limit.zone() == null ? ZoneOffset.UTC : limit.zone();
        return RateLimit.quota(permits, limit.period(), zone);
    }

    private static long permits(Limit limit, UnaryOperator<String> setting, @Nullable Preset preset) {
        if (limit.permits() == null) {
            if (preset != null) {
                return switch (preset) {
                    case API -> 100;
                    case AUTH -> 5;
                    case USER -> 60;
                };
            }
            throw ConfigException.of(
                    setting.apply("permits"), null, "it is missing", "Set it to how many requests are allowed");
        }
        if (limit.permits() < 1) {
            throw ConfigException.of(
                    setting.apply("permits"),
                    limit.permits().toString(),
                    "it must be at least 1",
                    "Set it to how many requests are allowed; to block a subject, override its limits");
        }
        return limit.permits();
    }

    private static Duration window(Limit limit, UnaryOperator<String> setting, @Nullable Preset preset) {
        if (limit.window() == null || limit.window().isBlank()) {
            if (preset != null) {
                return MINUTE;
            }
            throw ConfigException.of(
                    setting.apply("window"),
                    null,
                    "it is missing",
                    "Set it to the time the permits are for, such as 1m");
        }
        return LumbungConfig.duration(setting.apply("window"), limit.window(), RateLimit.SHORTEST, RateLimit.LONGEST);
    }

    private static void refuse(@Nullable Object value, String setting, boolean fits, String algorithms) {
        if (value != null && !fits) {
            throw ConfigException.of(
                    setting,
                    value.toString(),
                    "only algorithm " + algorithms + " has it",
                    "Leave it out, or set the algorithm");
        }
    }
}
