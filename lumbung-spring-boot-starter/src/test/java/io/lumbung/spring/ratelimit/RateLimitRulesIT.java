package io.lumbung.spring.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.lumbung.Lumbung;
import io.lumbung.config.ConfigException;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.key.Key;
import io.lumbung.ratelimit.CalendarPeriod;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.RateLimiter;
import io.lumbung.ratelimit.WhenDown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.web.util.pattern.PathPatternParser;

/** From what somebody writes to rules at work, and from one set of rules to the next. */
@ExtendWith(OutputCaptureExtension.class)
class RateLimitRulesIT {
    private static final String RULES = "lumbung.ratelimit.rules.";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static RedisServer redis;

    private final Map<String, Object> properties = new HashMap<>();
    private final StandardEnvironment environment = new StandardEnvironment();
    private Lumbung lumbung;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @BeforeEach
    void connect() {
        environment.getPropertySources().addFirst(new MapPropertySource("test", properties));
        ConfigurationPropertySources.attach(environment);
        lumbung = Lumbung.connect(LumbungConfig.builder()
                .url(redis.url())
                .keyPrefix("t" + UUID.randomUUID().toString().substring(0, 8))
                // A busy machine must not look like a Redis that is down.
                .set("lumbung.ratelimit.deadline", "3s")
                .set("lumbung.redis.connect-timeout", "30s")
                .set("lumbung.redis.start-timeout", "60s")
                .build());
    }

    @AfterEach
    void disconnect() {
        lumbung.close();
    }

    @Test
    void rulesAreWhatIsWritten() {
        write(
                "web.limits[0].permits=10",
                "web.limits[0].window=1s",
                "web.limits[1].algorithm=sliding-counter",
                "web.limits[1].permits=200",
                "web.limits[1].window=1h30m",
                "web.limits[2].algorithm=smooth",
                "web.limits[2].permits=60",
                "web.limits[2].window=PT1M",
                "web.limits[2].burst=20",
                "web.limits[2].name=even",
                "web.limits[3].algorithm=quota",
                "web.limits[3].permits=1000",
                "web.limits[3].period=day",
                "web.limits[3].zone=Europe/Berlin",
                "web.key=tenant",
                "web.paths=/a/**,/b",
                "web.methods=get,POST",
                "web.cost=2",
                "web.when-down=local",
                "web.shadow=true");

        assertThat(rules().rules())
                .containsExactly(RateLimitRule.of(
                                "web",
                                RateLimit.perSecond(10),
                                RateLimit.slidingCounter(200, Duration.ofMinutes(90)),
                                RateLimit.smooth(60, Duration.ofMinutes(1), 20).named("even"),
                                RateLimit.quota(1_000, CalendarPeriod.DAY, ZoneId.of("Europe/Berlin")))
                        .by("tenant")
                        .onPaths("/a/**", "/b")
                        .onMethods("GET", "POST")
                        .costing(2)
                        .whenDown(WhenDown.LOCAL)
                        .inShadow());
    }

    @Test
    void presetsAreTheirNumbersAndGiveWayToWhatIsWritten() {
        write(
                "a.preset=api",
                "auth.preset=auth",
                "auth.paths=/login",
                "user.preset=user",
                "b.preset=api",
                "b.key=user",
                "c.preset=user",
                "c.permits=7",
                "d.preset=user",
                "d.window=1h",
                "e.preset=user",
                "e.algorithm=smooth",
                "e.burst=10",
                "f.preset=user",
                "f.algorithm=quota",
                "f.period=month");

        RateLimitRule api = RateLimitRule.of("a", RateLimit.perMinute(100));
        assertThat(rules().rules())
                .containsExactly(
                        new RateLimitRule(
                                "a", api.limits(), "ip", List.of("/**"), api.methods(), 1, WhenDown.ALLOW, false, true),
                        RateLimitRule.of("auth", RateLimit.perMinute(5)).onPaths("/login"),
                        RateLimitRule.of("b", RateLimit.perMinute(100)).by("user"),
                        RateLimitRule.of("c", RateLimit.perMinute(7)).by("user"),
                        RateLimitRule.of("d", RateLimit.perHour(60)).by("user"),
                        RateLimitRule.of("e", RateLimit.smooth(60, Duration.ofMinutes(1), 10))
                                .by("user"),
                        RateLimitRule.of("f", RateLimit.quota(60, CalendarPeriod.MONTH, ZoneOffset.UTC))
                                .by("user"),
                        RateLimitRule.of("user", RateLimit.perMinute(60)).by("user"));
    }

    static Stream<Arguments> wrong() {
        return Stream.of(
                arguments("a.preset=appi", "a.preset is 'appi': it does not fit. Set it to one of api, auth, user."),
                arguments("a.permits=0", "a.permits is '0': it must be at least 1. Set it to how many"),
                arguments("a.permits=-3", "a.permits is '-3': it must be at least 1."),
                arguments("a.permits=many", "a.permits is 'many': it does not fit. Set it to a whole number."),
                arguments(
                        "a.permits=20000;a.window=1m", "a: permits of a sliding log must be at most 10000, was 20000"),
                arguments("a.permits=5", "a.window: it is missing. Set it to the time the permits are for"),
                arguments("a.window=1m", "a.permits: it is missing. Set it to how many requests"),
                arguments("a.permits=5;a.window=5ms", "a.window is '5ms': it must be from 10ms to 8784h. Set "),
                arguments("a.permits=5;a.window=60", "a.window is '60': it has no unit. Set "),
                arguments("a.permits=5;a.window=1m;a.burst=3", "a.burst is '3': only algorithm smooth has it."),
                arguments("a.permits=5;a.window=1m;a.period=day", "a.period is 'DAY': only algorithm quota has it."),
                arguments("a.permits=5;a.window=1m;a.algorithm=quota", "a.window is '1m': only algorithm sliding-log"),
                arguments("a.permits=5;a.algorithm=quota", "a.period: a quota needs one. Set it to one of hour"),
                arguments(
                        "a.permits=5;a.algorithm=quota;a.period=day;a.zone=Atlantis",
                        "a.zone is 'Atlantis': it does not fit. Set it to a time zone such as Europe/Berlin."),
                arguments(
                        "a.permits=5;a.window=1m;a.algorithm=leaky",
                        "a.algorithm is 'leaky': it does not fit. Set it to one of sliding-log, sliding-counter,"),
                arguments("a.key=user", "a: it has no limit. Set lumbung.ratelimit.rules.a.permits and "),
                arguments(
                        "a.permits=5;a.window=1m;a.limits[0].permits=3;a.limits[0].window=1s",
                        "a.limits: the rule has limits and a limit of its own. Move the latter into the list."),
                arguments("a.limits[0].permits=3", "a.limits[0].window: it is missing."),
                arguments(
                        "a.limits[0].permits=3;a.limits[0].window=1m;a.limits[1].permits=5;a.limits[1].window=60s",
                        "a: rule 'a' has two limits named '1m'; give one of them another name"),
                arguments(
                        "a.preset=api;a.key=nobody",
                        "a.key is 'nobody': there is no such key. Use one of ip, tenant, user,"),
                arguments("a.preset=api;a.paths=/{x", "a.paths is '/{x': it is not a path pattern ("),
                arguments("a.preset=api;a.cost=101", "a: the cost of rule 'a' must be 1 to 100, what its limits give"),
                arguments("a.preset=api;a.cost=0", "a: the cost of rule 'a' must be 1 to 100"),
                arguments("a.preset=auth", "a.paths: it is missing, and 5 a minute are too few for every path. Set it"),
                arguments("a.preset=api;b.preset=api", "b: it would share its counters with rule 'a'"),
                arguments(
                        "a.preset=api;a.when-down=panic",
                        "a.when-down is 'panic': it does not fit. Set it to one of allow, refuse, local."),
                arguments(
                        "a.preset=api;a.shadow=maybe",
                        "a.shadow is 'maybe': it does not fit. Set it to true or false."),
                arguments(
                        "a.preset=api;a.permit=5",
                        "a.permit is '5': there is no such setting. Use preset, algorithm, permits, window, burst,"),
                arguments("[a b].preset=api", "a b: 'a b' cannot name a rate limiter: use 1 to 64 letters"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aWrongRuleIsToldByItsSettingItsValueAndTheFix(String settings, String message) {
        write(settings.split(";"));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(this::rules)
                .withMessageStartingWith("lumbung.ratelimit.rules." + message);
    }

    @Test
    void aLimiterThatTheApplicationHasIsNotShared() {
        lumbung.rateLimiter("a").limits(RateLimit.perHour(1)).build();
        write("a.preset=user");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(this::rules)
                .withMessageStartingWith(
                        "lumbung.ratelimit.rules.a: the application has declared a limiter of this name");
    }

    @Test
    void limitsAreLoweredAndRaisedAndWhatWasCountedCounts() {
        write("a.permits=10", "a.window=1h", "b.preset=api");
        DeclaredRules rules = rules();
        RateLimiter limiter = lumbung.rateLimiters().find("a").orElseThrow();
        limiter.tryAcquire("ana", 6);

        write("a.permits=7");
        rules.reload();
        assertThat(limiter.tryAcquire("ana", 1).isAllowed()).isTrue();
        assertThat(limiter.tryAcquire("ana", 1).isAllowed()).isFalse();

        write("a.permits=20");
        rules.reload();
        assertThat(limiter.peek("ana", 0).limits().get(0).remaining()).isEqualTo(13);
        assertThat(limiter.tryAcquire("ana", 13).isAllowed()).isTrue();
    }

    @Test
    void aWrongChangeChangesNothing() {
        write("a.permits=10", "a.window=1h", "b.preset=api");
        DeclaredRules rules = rules();
        List<RateLimitRule> before = rules.rules();

        write("a.permits=20", "b.key=nobody");
        assertThatIllegalArgumentException().isThrownBy(rules::reload);

        assertThat(rules.rules()).isEqualTo(before);
        assertThat(lumbung.rateLimiters().find("a").orElseThrow().limits()).containsExactly(RateLimit.perHour(10));
    }

    @Test
    void codeReplacesRulesUnderTheSameChecks() {
        DeclaredRules rules = rules();
        assertThat(rules.rules()).isEmpty();
        rules.replace(List.of(RateLimitRule.of("a", RateLimit.perHour(2))));
        assertThat(rules.rules()).hasSize(1);

        RateLimitRule twice = RateLimitRule.of("b", RateLimit.perHour(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rules.replace(List.of(twice, twice)))
                .withMessageContaining("two rules of this name");
        rules.require(List.of(new AnnotatedUse("a", 2, "@RateLimited(\"a\") of X.y")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rules.replace(List.of(twice)))
                .withMessageStartingWith("@RateLimited(\"a\") of X.y: there is no rule 'a'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rules.replace(List.of(RateLimitRule.of("a", RateLimit.perHour(1)))))
                .withMessageContaining("a cost of 2 can never be had");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimitRule.of("a"))
                .withMessageContaining("needs 1 to 8 limits, has 0");
        assertThat(rules.rules()).extracting(RateLimitRule::name).containsExactly("a");
    }

    @Test
    void theBareKeysMayPassFromOneRuleToAnother() {
        write("a.preset=api");
        DeclaredRules rules = rules();
        lumbung.rateLimiters().find("a").orElseThrow().tryAcquire("192.0.2.7");

        properties.clear();
        write("b.preset=api");
        rules.reload();

        assertThat(lumbung.rateLimiters()
                        .find("b")
                        .orElseThrow()
                        .peek("192.0.2.7", 0)
                        .limits()
                        .get(0)
                        .remaining())
                .isEqualTo(99);
    }

    @Test
    void aFileIsReadAgainWhenItChanges(CapturedOutput output) throws Exception {
        Path path = folder.resolve("limits.yaml");
        Files.writeString(path, "rules:\n  a:\n    permits: 10\n    window: 1h\n");
        RuleFile file = new RuleFile(path);
        DeclaredRules rules = rules(file);
        try (AutoCloseable watch = file.watch(Duration.ofMillis(20), rules::reload)) {
            RateLimiter limiter = lumbung.rateLimiters().find("a").orElseThrow();
            limiter.tryAcquire("ana", 6);

            replace(path, "rules:\n  a:\n    permits: 20\n    window: 1h\n  b: {preset: user, paths: []}\n");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(rules.rules()).hasSize(2));
            assertThat(limiter.peek("ana", 0).limits().get(0).remaining()).isEqualTo(14);

            replace(path, "rules:\n  a:\n    permits: 0\n    window: 1h\n");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(output)
                            .contains("rules.a.permits in " + path + " is '0': it must be at least 1"));
            replace(path, "rules: [");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(output).contains("it is not YAML"));
            replace(path, "rule:\n  a: {preset: api}\n");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(output).contains(path + ": it has no rules"));
            Files.delete(path);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(output).contains("cannot be read, the rate limits go on as they were"));
            assertThat(rules.rules()).hasSize(2);

            replace(path, "rules:\n  a: {permits: 8, window: 1h}\n");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(rules.rules()).hasSize(1));
            assertThat(limiter.peek("ana", 0).limits().get(0).remaining()).isEqualTo(2);
            replace(path, "rules: {}\n");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(rules.rules()).isEmpty());
        }
        assertThat(output.getOut().lines().filter(line -> line.contains("cannot be read")))
                .hasSize(1);
    }

    private static void replace(Path path, String text) throws IOException {
        Path next = path.resolveSibling("next");
        Files.writeString(next, text);
        Files.move(next, path, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aFileThatIsMissingOrTooLargeStopsTheStart() throws IOException {
        Path none = folder.resolve("none.yaml");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> rules(new RuleFile(none)))
                .withMessageStartingWith("lumbung.ratelimit.file is '" + none + "': it cannot be read (");
        Path large = Files.writeString(folder.resolve("large.yaml"), "#".repeat((1 << 20) + 1));
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> rules(new RuleFile(large)))
                .withMessageContaining("larger than 1 MiB");
    }

    @Test
    void aFileIsNotLookedAtAllTheTime() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new RateLimitProperties(true, null, Duration.ZERO, 0, List.of(), Map.of()))
                .withMessageStartingWith("lumbung.ratelimit.file-check is 'PT0S': it must be from 10ms to 24h");
    }

    @Test
    void theRulesOfARunningApplicationChange() throws Exception {
        Path path = Files.writeString(folder.resolve("app.yaml"), "rules:\n  a: {permits: 3, window: 1h}\n");
        try (WebApplication app = WebApplication.start(
                redis, "lumbung.ratelimit.file=" + path, "lumbung.ratelimit.file-check=50ms", RULES + "b.preset=api")) {
            app.get("/hello");
            app.get("/hello");
            app.get("/hello");
            assertThat(app.get("/hello").statusCode()).isEqualTo(429);

            replace(path, "rules:\n  a: {permits: 5, window: 1h}\n");
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(app.get("/hello").statusCode()).isEqualTo(200));
            app.bean(RateLimitRules.class).replace(List.of());
            assertThat(app.get("/hello").headers().map()).doesNotContainKey("x-ratelimit-limit");
            app.bean(RateLimitRules.class).reload();
            assertThat(app.get("/hello").headers().firstValue("X-RateLimit-Remaining"))
                    .hasValue("0");
        }
    }

    private void write(String... settings) {
        for (String setting : new ArrayList<>(List.of(settings))) {
            String[] parts = setting.split("=", 2);
            String name =
                    parts[0].startsWith("[") ? RULES.substring(0, RULES.length() - 1) + parts[0] : RULES + parts[0];
            properties.put(name, parts[1]);
        }
    }

    private DeclaredRules rules() {
        return rules(RuleSource.of(environment));
    }

    private DeclaredRules rules(RuleSource source) {
        RateLimitKey nobody = request -> Optional.of(Key.of("x"));
        return new DeclaredRules(
                lumbung.rateLimiters(),
                source,
                Map.of("ip", nobody, "user", nobody, "tenant", nobody),
                PathPatternParser.defaultInstance);
    }
}
