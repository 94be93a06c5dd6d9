package io.lumbung.spring.ratelimit;

import io.lumbung.config.ConfigException;
import io.lumbung.ratelimit.RateLimiter;
import io.lumbung.ratelimit.RateLimiterBuilder;
import io.lumbung.ratelimit.RateLimiters;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/** The rules that hold, swapped as a whole once all of them were found right. */
final class DeclaredRules implements RateLimitRules {
    private static final Logger log = LoggerFactory.getLogger("io.lumbung.spring.ratelimit");

    private final RateLimiters limiters;
    private final RuleSource source;
    private final Map<String, RateLimitKey> keys;
    private final PathPatternParser parser;
    private final Set<String> ours = new HashSet<>();
    private List<AnnotatedUse> uses = List.of();
    private volatile Map<String, ActiveRule> active = Map.of();

    /** @param keys by the name that a rule says */
    DeclaredRules(RateLimiters limiters, RuleSource source, Map<String, RateLimitKey> keys, PathPatternParser parser) {
        this.limiters = limiters;
        this.source = source;
        this.keys = keys;
        this.parser = parser;
        reload();
    }

    @Override
    public List<RateLimitRule> rules() {
        return active.values().stream().map(ActiveRule::rule).toList();
    }

    Collection<ActiveRule> active() {
        return active.values();
    }

    /** The rule that an annotation names; there is one, because a change without it is refused. */
    ActiveRule named(String name) {
        ActiveRule rule = active.get(name);
        if (rule == null) {
            throw new IllegalStateException("there is no rate limit rule '" + name + "'");
        }
        return rule;
    }

    /**
     * From now on the rules must be right for what annotations ask of them.
     *
     * @throws ConfigException if they are not
     */
    synchronized void require(List<AnnotatedUse> all) {
        check(all, rules());
        this.uses = List.copyOf(all);
    }

    @Override
    public void reload() {
        replace(source.read());
    }

    @Override
    public synchronized void replace(Collection<RateLimitRule> rules) {
        Map<String, RateLimitKey> keyOf = new LinkedHashMap<>();
        Map<String, List<PathPattern>> patternsOf = new LinkedHashMap<>();
        for (RateLimitRule rule : rules) {
            if (patternsOf.put(rule.name(), patterns(rule)) != null) {
                throw ConfigException.of(
                        source.setting(rule.name(), ""), null, "there are two rules of this name", "Rename one");
            }
            keyOf.put(rule.name(), key(rule));
            checkName(rule);
        }
        checkBareKeys(rules);
        check(uses, List.copyOf(rules));
        Map<String, ActiveRule> next = new LinkedHashMap<>();
        Map<String, RateLimiter> declared = declared(rules);
        // In an order that is the same in every header and everywhere.
        for (RateLimitRule rule : sorted(rules)) {
            next.put(
                    rule.name(),
                    new ActiveRule(
                            rule,
                            found(declared, rule.name()),
                            found(keyOf, rule.name()),
                            found(keys, "ip"),
                            found(patternsOf, rule.name())));
        }
        active = Collections.unmodifiableMap(next);
        warnOfOpenDoors(next.values());
        log.info("rate limit rules: {}", rules.isEmpty() ? "none" : String.join(", ", next.keySet()));
    }

    private void warnOfOpenDoors(Collection<ActiveRule> all) {
        if (!all.isEmpty() && all.stream().allMatch(ActiveRule::afterLogin)) {
            log.warn(
                    "every rate limit rule waits until it is known who is logged in: what Spring Security refuses before,"
                            + " such as wrong passwords, is not limited; add a rule by ip, for example the preset auth");
        }
    }

    private static List<RateLimitRule> sorted(Collection<RateLimitRule> rules) {
        return rules.stream().sorted(Comparator.comparing(RateLimitRule::name)).toList();
    }

    /** Nothing can fail here any more but what another part of the application has declared meanwhile. */
    private Map<String, RateLimiter> declared(Collection<RateLimitRule> rules) {
        Set<String> bare = new TreeSet<>();
        rules.stream().filter(RateLimitRule::bareKeys).map(RateLimitRule::name).forEach(bare::add);
        active.values().stream()
                .map(ActiveRule::rule)
                .filter(rule -> rule.bareKeys() && !bare.contains(rule.name()))
                .forEach(rule -> builder(rule).replace());
        Map<String, RateLimiter> declared = new LinkedHashMap<>();
        rules.stream()
                .sorted(Comparator.comparing(RateLimitRule::bareKeys).reversed())
                .forEach(rule -> {
                    RateLimiterBuilder builder = builder(rule);
                    if (rule.bareKeys()) {
                        builder.bareKeys();
                    }
                    declared.put(rule.name(), builder.replace());
                    ours.add(rule.name());
                });
        return declared;
    }

    /** Without bare keys. */
    private RateLimiterBuilder builder(RateLimitRule rule) {
        RateLimiterBuilder builder =
                limiters.limiter(rule.name()).limits(rule.limits()).whenDown(rule.whenDown());
        return rule.shadow() ? builder.shadow() : builder;
    }

    private RateLimitKey key(RateLimitRule rule) {
        RateLimitKey key = keys.get(rule.key());
        if (key == null) {
            throw ConfigException.of(
                    source.setting(rule.name(), "key"),
                    rule.key(),
                    "there is no such key",
                    "Use one of " + String.join(", ", new TreeSet<>(keys.keySet())) + ", or define a bean of type "
                            + RateLimitKey.class.getSimpleName() + " with this name");
        }
        return key;
    }

    private List<PathPattern> patterns(RateLimitRule rule) {
        List<PathPattern> patterns = new ArrayList<>();
        for (String path : rule.paths()) {
            try {
                patterns.add(parser.parse(path.strip()));
            } catch (PatternParseException e) {
                throw ConfigException.of(
                        source.setting(rule.name(), "paths"),
                        path,
                        "it is not a path pattern (" + e.getMessage() + ")",
                        "Write it as in @RequestMapping, for example /login/**");
            }
        }
        return List.copyOf(patterns);
    }

    private void checkName(RateLimitRule rule) {
        try {
            limiters.limiter(rule.name());
        } catch (IllegalArgumentException e) {
            throw ConfigException.of(
                    source.setting(rule.name(), ""), null, String.valueOf(e.getMessage()), "Rename the rule");
        }
        if (!ours.contains(rule.name()) && limiters.find(rule.name()).isPresent()) {
            throw ConfigException.of(
                    source.setting(rule.name(), ""),
                    null,
                    "the application has declared a limiter of this name, and they would share their counters",
                    "Rename the rule");
        }
    }

    private void checkBareKeys(Collection<RateLimitRule> rules) {
        List<String> bare = rules.stream()
                .filter(RateLimitRule::bareKeys)
                .map(RateLimitRule::name)
                .toList();
        if (bare.size() > 1) {
            throw ConfigException.of(
                    source.setting(bare.get(1), ""),
                    null,
                    "it would share its counters with rule '" + bare.get(0)
                            + "', because the keys of both carry no name",
                    "Let only one rule have the preset api by ip");
        }
    }

    private static void check(List<AnnotatedUse> uses, List<RateLimitRule> rules) {
        for (AnnotatedUse use : uses) {
            RateLimitRule rule = rules.stream()
                    .filter(one -> one.name().equals(use.rule()))
                    .findFirst()
                    .orElseThrow(() -> ConfigException.of(
                            use.place(),
                            null,
                            "there is no rule '" + use.rule() + "'",
                            "Declare " + RateLimitProperties.PREFIX + ".rules." + use.rule() + ", or use one of "
                                    + new TreeSet<>(rules.stream()
                                            .map(RateLimitRule::name)
                                            .toList())));
            if (use.cost() < 0 || use.cost() > rule.capacity()) {
                throw ConfigException.of(
                        use.place(),
                        null,
                        "a cost of " + use.cost() + " can never be had: rule '" + use.rule() + "' gives at most "
                                + rule.capacity() + " at once",
                        "Lower the cost or raise the limit");
            }
        }
    }

    private static <T> T found(Map<String, T> all, String name) {
        T value = all.get(name);
        if (value == null) {
            throw new IllegalStateException("nothing was prepared for rule '" + name + "'");
        }
        return value;
    }
}
