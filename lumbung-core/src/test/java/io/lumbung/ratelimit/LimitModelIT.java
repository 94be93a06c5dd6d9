package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Seed;
import io.lumbung.embedded.RedisServer;
import io.lumbung.ratelimit.LimitScenario.Check;
import io.lumbung.ratelimit.LimitScenario.Mode;
import io.lumbung.ratelimit.LimitScenario.Size;
import io.lumbung.redis.OwnClock;
import io.lumbung.redis.OwnClock.Source;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shipped scripts on a real Redis against a plain reference, by a clock that the test moves ({@link OwnClock} says
 * how that leaves the server's own clock out): random limits, costs and moments, with exact boundaries among them.
 */
@Timeout(900)
class LimitModelIT {
    private static final List<String> SCRIPTS = List.of("take.lua", "refund.lua", "reset.lua", "override.lua");
    private static final boolean FULL = "full".equals(System.getProperty("lumbung.campaign"));
    private static final int STEPS = 50;

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    enum Subject {
        LOG(Kind.SLIDING_LOG, 1_000_000),
        COUNTER(Kind.SLIDING_COUNTER, 200_000),
        SMOOTH(Kind.SMOOTH, 200_000),
        QUOTA(Kind.QUOTA, 200_000),
        MIXED(null, 200_000);

        private final Kind kind;
        private final int full;

        Subject(Kind kind, int full) {
            this.kind = kind;
            this.full = full;
        }

        List<Kind> kinds(Random random) {
            return kind == null ? LimitScenario.mixed(random) : List.of(kind);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theScriptsDoWhatAPlainReferenceDoes(Subject subject) {
        int operations = FULL ? subject.full : 20_000;
        Random random = Seed.random("LimitModelIT." + subject);
        long began = System.nanoTime();
        int done = 0;
        int probes = 0;
        try (OwnClock redis = new OwnClock(server, RateLimiter.class, SCRIPTS, source -> source)) {
            Map<Check, String> findings = new EnumMap<>(Check.class);
            for (int life = 0; done < operations; life++) {
                Mode mode = Mode.values()[life % Mode.values().length];
                long seed = random.nextLong();
                Size size = new LimitScenario(
                                seed,
                                redis,
                                mode,
                                subject.kinds(new Random(seed)),
                                (check, what) -> findings.putIfAbsent(check, mode + " " + what))
                        .run(STEPS);
                done += size.operations();
                probes += size.probes();
                assertThat(findings).as("life %s, seed %s", life, seed).isEmpty();
            }
        }
        System.out.printf(
                "%s: %d operations, %d moments around a wait, %d ms%n",
                subject, done, probes, (System.nanoTime() - began) / 1_000_000);
    }

    /** Two debts of ten seconds; the first is given back after one second, so the second runs off by the eleventh. */
    @Test
    void whatIsGivenBackLateToASmoothLimitMakesRoomForAsMuchAndNoMore() {
        try (OwnClock redis = new OwnClock(server, RateLimiter.class, SCRIPTS, source -> source)) {
            redis.clear();
            long start = 1_800_000_000_000_000L;
            long first = taken(redis, start, 10);
            long second = taken(redis, start, 10);
            assertThat(givenBack(redis, start + 1_000_000, 10, first)).isTrue();
            taken(redis, start + 12_000_000, 10);
            assertThat(givenBack(redis, start + 13_000_000, 10, second)).isTrue();
            // In this second 10 + 18 - 7 permits, the bound: 20 and one a second.
            assertThat(left(redis, start + 13_000_000)).isEqualTo(18);
            assertThat(givenBack(redis, start + 21_000_000, 10, second)).isFalse();
        }
    }

    private static List<String> smooth(String cost, String what) {
        return List.of(cost, what, "G", "1", "1000000", "20");
    }

    private static long taken(OwnClock redis, long now, long cost) {
        redis.send("take.lua", false, now, List.of("{s}", "{s}:override"), smooth(String.valueOf(cost), "T"));
        OwnClock.Outcome outcome = redis.read();
        assertThat(outcome.number(0)).isEqualTo(1);
        return outcome.number(5);
    }

    private static long left(OwnClock redis, long now) {
        redis.send("take.lua", false, now, List.of("{s}", "{s}:override"), smooth("0", "P"));
        return redis.read().number(4);
    }

    private static boolean givenBack(OwnClock redis, long now, long cost, long reset) {
        List<String> args = List.of(String.valueOf(cost), "channel", "message", "G", "1000000", String.valueOf(reset));
        redis.send("refund.lua", false, now, List.of("{s}"), args);
        return redis.read().number(0) == 1;
    }

    /** The scripts, broken on purpose, and the check that has to find it without the help of the others. */
    enum Broken {
        ONE_MORE_THAN_THE_LIMIT(
                "if used + cost > permits then", "if used + cost > permits + 1 then", Subject.LOG, Check.BOUND),
        THE_EDGE_OF_THE_WINDOW_COUNTS("<= edge", "< edge", Subject.LOG, Check.LEFT),
        ONE_MICROSECOND_IS_ONE_PERMIT(
                "if cost == 1 then\n      redis.call('LPUSH', KEYS[i], moment)",
                "if cost == 1 then\n      if redis.call('LINDEX', KEYS[i], 0) ~= moment then"
                        + " redis.call('LPUSH', KEYS[i], moment) end",
                Subject.LOG,
                Check.BOUND),
        THE_REFUSED_ARE_RECORDED(
                "if who > 0 then\n    -- What",
                "if who > 0 and kind ~= 'L' then\n    -- What",
                Subject.LOG,
                Check.UNCHANGED),
        A_QUESTION_WRITES("if not taking then return reply end", "", Subject.LOG, Check.UNCHANGED),
        SOME_LIMITS_TAKE_WHAT_OTHERS_REFUSE(
                "if who > 0 then\n    -- What", "if who == i then\n    -- What", Subject.MIXED, Check.UNCHANGED),
        TOLD_A_MICROSECOND_TOO_MUCH("+ window - now end", "+ window - now + 1 end", Subject.LOG, Check.RETRY),
        TOLD_A_MICROSECOND_TOO_LITTLE("+ window - now end", "+ window - now - 1 end", Subject.LOG, Check.RETRY),
        WAIT_A_WHOLE_WINDOW(
                "wait = tonumber(redis.call('LINDEX', KEYS[i], permits - cost)) + window - now",
                "wait = window",
                Subject.LOG,
                Check.RETRY),
        NO_EXPIRY(
                "redis.call('PEXPIRE', KEYS[i], math.ceil((t + window - now) / 1000))", "", Subject.LOG, Check.EXPIRY),
        FORGOTTEN_TOO_EARLY(
                "math.ceil((t + window - now) / 1000)",
                "math.floor((t + window - now) / 2000)",
                Subject.LOG,
                Check.BOUND),
        GONE_A_MILLISECOND_TOO_EARLY(
                "math.ceil((t + window - now) / 1000)",
                "math.floor((t + window - now) / 1000) - 1",
                Subject.LOG,
                Check.EXPIRY),
        KEPT_TOO_LONG(
                "math.ceil((t + window - now) / 1000)", "math.ceil(2 * window / 1000)", Subject.LOG, Check.EXPIRY),
        TIME_GOES_BACK("if s > now and s <= now + STEP then t = s end", "", Subject.COUNTER, Check.BOUND),
        TIME_STANDS_STILL_FOR_EVER("local STEP = 1000000", "local STEP = 1e15", Subject.LOG, Check.LOCKED_OUT),
        THE_CLOCK_COUNTS_MILLISECONDS("+ time[2]", "+ time[2] - time[2] % 1000", Subject.LOG, Check.CLOCK),
        THE_LAST_WINDOW_IS_FORGOTTEN("before = c\n", "before = 0\n", Subject.COUNTER, Check.BOUND),
        ROUNDED_IN_FAVOUR(
                "- math.floor((permits - cost) * frame / count)",
                "- math.ceil((permits - cost) * frame / count)",
                Subject.COUNTER,
                Check.RETRY),
        WHOLE_BEFORE_IT_IS(
                "reset = count > 0 and start + 2 * frame",
                "reset = count > 0 and start + frame",
                Subject.COUNTER,
                Check.RESET),
        IDLENESS_IS_SAVED_UP("if tat < now then tat = now end", "", Subject.SMOOTH, Check.BOUND),
        A_CUT_IS_NOT_WRITTEN("if cut and cut[1] then", "if false then", Subject.SMOOTH, Check.RETRY),
        THE_CALLERS_CALENDAR_IS_BELIEVED(
                "if now < window or now >= next then return {5, now} end", "", Subject.QUOTA, Check.BOUND),
        THE_LAST_PERIOD_COUNTS(
                "count = e > now and tonumber(count) or 0",
                "count = tonumber(count or 0)",
                Subject.QUOTA,
                Check.VERDICT),
        THE_REFUND_DROPS_THE_NEWEST(
                "redis.call('LREM', KEYS[i], cost, string.format('%.0f', reset - window)) > 0",
                "redis.call('LTRIM', KEYS[i], cost, -1) ~= nil", Subject.LOG, Check.BOUND),
        THE_REFUND_GIVES_BACK_TWICE(
                "math.min(window * cost, reset - now)", "window * cost", Subject.SMOOTH, Check.LEFT),
        THE_REFUND_GOES_TO_ANY_WINDOW("if s + 2 * window == reset then", "if true then", Subject.COUNTER, Check.LEFT),
        THE_REFUND_KEEPS_FOR_EVER(
                "string.format('%.0f:%.0f:%.0f:%.0f', s / window, window, c, p), 'KEEPTTL'",
                "string.format('%.0f:%.0f:%.0f:%.0f', s / window, window, c, p)", Subject.COUNTER, Check.EXPIRY),
        THE_REFUND_CLEARS_NO_REFUSAL(
                "if given > 0 then redis.call('PUBLISH', ARGV[2], ARGV[3]) end", "", Subject.LOG, Check.REFUND);

        private final String from;
        private final String to;
        private final Subject subject;
        private final Check check;

        Broken(String from, String to, Subject subject, Check check) {
            this.from = from;
            this.to = to;
            this.subject = subject;
            this.check = check;
        }

        private String file() {
            return name().startsWith("THE_REFUND") ? "refund.lua" : "take.lua";
        }

        Source in(Source source) {
            if (!source.file().equals(file())) {
                return source;
            }
            assertThat(source.text()).contains(from);
            return new Source(source.file(), source.text().replace(from, to));
        }
    }

    @ParameterizedTest
    @EnumSource
    void catchesScriptsThatAreBroken(Broken broken) {
        Random random = Seed.random("LimitModelIT." + broken);
        Map<Check, String> findings = new EnumMap<>(Check.class);
        int lives = 0;
        try (OwnClock redis = new OwnClock(server, RateLimiter.class, SCRIPTS, broken::in)) {
            while (!findings.containsKey(broken.check) && lives < 2_000) {
                Mode mode = Mode.values()[lives++ % Mode.values().length];
                long seed = random.nextLong();
                new LimitScenario(seed, redis, mode, broken.subject.kinds(new Random(seed)), findings::putIfAbsent)
                        .run(STEPS);
            }
        }
        System.out.printf("%s: after %d lives: %s%n", broken, lives, findings.keySet());

        assertThat(findings).containsKey(broken.check);
    }
}
