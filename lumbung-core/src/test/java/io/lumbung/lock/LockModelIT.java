package io.lumbung.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Seed;
import io.lumbung.embedded.RedisServer;
import io.lumbung.redis.OwnClock;
import io.lumbung.redis.OwnClock.Source;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shipped scripts on a real Redis against a plain reference, by a clock that the test moves forward, not at all, and
 * back: who gets it, with which fence, who is woken, and when what is stored goes.
 */
@Timeout(1_200)
class LockModelIT {
    private static final boolean FULL = "full".equals(System.getProperty("lumbung.campaign"));
    private static final int CALLS = FULL ? 1_000_000 : 50_000;
    private static final int LIVES_OF_THE_BROKEN = 20_000;
    private static final List<String> SCRIPTS = List.of(
            "take.lua",
            "acquire.lua",
            "withdraw.lua",
            "release.lua",
            "renew.lua",
            "enter.lua",
            "leave.lua",
            "extend.lua",
            "delete.lua",
            "foreign.lua");

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    enum Kind {
        SOLE,
        PERMITS,
        READERS_AND_WRITERS;

        int run(long seed, OwnClock redis, LockScenario.Findings findings) {
            return this == SOLE
                    ? new SoleScenario(seed, redis, findings).run()
                    : new SharedScenario(seed, redis, findings, this == PERMITS).run();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theScriptsDoWhatAPlainReferenceDoes(Kind kind) {
        Random random = Seed.random("LockModelIT." + kind);
        int done = 0;
        long began = System.nanoTime();
        try (OwnClock redis = new OwnClock(server, Locks.class, SCRIPTS, source -> source)) {
            Map<LockScenario.Check, String> findings = new EnumMap<>(LockScenario.Check.class);
            while (done < CALLS) {
                long seed = random.nextLong();
                done += kind.run(seed, redis, findings::putIfAbsent);
                assertThat(findings).as("seed %s", seed).isEmpty();
            }
        }
        System.out.printf("%s: %d calls, %d ms%n", kind, done, (System.nanoTime() - began) / 1_000_000);
    }

    /** Scripts that are wrong, and what finds them out. */
    enum Broken {
        ANYBODY_RELEASES("release.lua", "if found[1] ~= ARGV[1] then", "if not found[1] then", Kind.SOLE),
        NOBODY_IS_WOKEN("release.lua", "if first then", "if false then", Kind.SOLE),
        KEPT_IS_GIVEN_BACK("release.lua", "if ARGV[3] ~= '0' then", "if false then", Kind.SOLE),
        KEPT_IS_RENEWED("release.lua", "  redis.call('APPEND', KEYS[1], '|kept')\n", "", Kind.SOLE),
        WHO_GOES_STAYS_IN_THE_QUEUE("withdraw.lua", "local left = leave(ARGV[1])", "local left = false", Kind.SOLE),
        WHO_GOES_KEEPS_WHAT_IT_GOT("withdraw.lua", "if mine then redis.call('DEL', KEYS[1]) end", "", Kind.SOLE),
        WHO_GOES_WAKES_NOBODY("withdraw.lua", "if mine or not holder then", "if mine then", Kind.SOLE),
        WHO_GOES_IS_STILL_NEXT("withdraw.lua", "if last then keep", "if false then keep", Kind.SOLE),
        ANYBODY_RENEWS("renew.lua", "redis.call('GET', KEYS[1]) ~= ARGV[1]", "false", Kind.SOLE),
        A_COPY_IS_REFUSED("take.lua", "if owner ~= ARGV[1] then", "if true then", Kind.SOLE),
        A_COPY_IS_SHORT("take.lua", "redis.call('PEXPIRE', KEYS[1], ARGV[2])\n", "", Kind.SOLE),
        A_COPY_OF_ANOTHER_IS_GIVEN("take.lua", "if owner ~= ARGV[1] then", "if not owner then", Kind.SOLE),
        A_COPY_THAT_WAITED_IS_REFUSED("acquire.lua", "if owner == ARGV[1] then", "if false then", Kind.SOLE),
        A_COPY_THAT_WAITED_IS_SHORT("acquire.lua", "  redis.call('PEXPIRE', KEYS[1], ARGV[2])\n", "", Kind.SOLE),
        THE_CLOCK_IS_THE_FENCE("take.lua", " or clock <= last", "", Kind.SOLE),
        THE_SAME_FENCE_TWICE("take.lua", "clock <= last", "clock < last", Kind.SOLE),
        A_LOST_MARK_IS_BELIEVED("take.lua", "redis.call('EXISTS', KEYS[3]) == 1", "false", Kind.SOLE),
        WHO_TRIES_PASSES("take.lua", "#last ~= 16 or ", "", Kind.SOLE),
        THE_CLOCK_IS_THE_FENCE_OF_WAITERS("acquire.lua", "math.max(previous + 1, micros)", "micros", Kind.SOLE),
        THE_FENCE_IS_NOT_KEPT("take.lua", "redis.call('SETRANGE', KEYS[2], 0, clock)", "", Kind.SOLE),
        THE_FIRST_FENCE_IS_NOT_KEPT("take.lua", "redis.call('SET', KEYS[2], clock, 'PX', '3600000')", "", Kind.SOLE),
        THE_HOUR_DOES_NOT_BEGIN_ANEW(
                "take.lua", "string.sub(last, 1, 7) == string.sub(clock, 1, 7)", "true", Kind.SOLE),
        THE_FENCE_IS_FORGOTTEN_WHILE_THE_CLOCK_IS_BEHIND(
                "acquire.lua",
                "'PXAT', string.format('%.0f', math.floor(fence / 1000) + 3600000)",
                "'PX', '3600000'",
                Kind.SOLE),
        THE_DEAD_ARE_WAITED_FOR("acquire.lua", "life > now and life <= now + 5000", "life > 0", Kind.SOLE),
        THOSE_FROM_BEFORE_THE_CLOCK_WENT_BACK_BLOCK_IT(
                "acquire.lua", "life > now and life <= now + 5000", "life > now", Kind.SOLE),
        THE_LIVING_ARE_PASSED("acquire.lua", "life > now and life <= now + 5000", "false", Kind.SOLE),
        ANYBODY_IS_NEXT("acquire.lua", "not holder and (not first or first == ARGV[1])", "not holder", Kind.SOLE),
        WHO_TRIES_WAITS("acquire.lua", "if ARGV[3] ~= '0' then wait", "if true then wait", Kind.SOLE),
        A_BEAT_COSTS_THE_PLACE("acquire.lua", "'ZADD', KEYS[3], 'NX'", "'ZADD', KEYS[3]", Kind.SOLE),
        WHO_COMES_AS_THE_CLOCK_GOES_BACK_IS_FIRST(
                "acquire.lua", "score = tonumber(last) + 1", "score = micros", Kind.SOLE),
        THE_QUEUE_IS_NOT_MARKED("acquire.lua", "if first then text = text .. '+' .. first end", "", Kind.SOLE),
        THE_MARK_IS_NOT_RENEWED("acquire.lua", "if text ~= last then", "if not last then", Kind.SOLE),
        A_LOST_FENCE_IS_NOT_RESTORED("acquire.lua", "last and 0 or micros", "0", Kind.SOLE),
        A_WINNER_STAYS_IN_THE_QUEUE("acquire.lua", "if first then leave(ARGV[1]) end", "", Kind.SOLE),
        ALL_LOOK_WHEN_IT_ENDS("acquire.lua", "(not first or first == ARGV[1]) and", "true and", Kind.SOLE),
        THE_QUEUE_STAYS_FOR_EVER("acquire.lua", "  redis.call('PEXPIRE', KEYS[3], 60000)\n", "", Kind.SOLE),
        ONE_PERMIT_TOO_MANY("enter.lua", "<= tonumber(ARGV[7])", "<= tonumber(ARGV[7]) + 1", Kind.PERMITS),
        ONE_PERMIT_TOO_FEW("enter.lua", "<= tonumber(ARGV[7])", "< tonumber(ARGV[7])", Kind.PERMITS),
        PERMITS_OF_THE_DEAD_ARE_LOST(
                "enter.lua", "if redis.call('ZCOUNT', KEYS[1], '-inf', now) > 0 then", "if false then", Kind.PERMITS),
        THE_OTHERS_WHO_FIT_ARE_NOT_WOKEN(
                "enter.lua", "if ARGV[5] ~= 'w' and first then", "if false then", Kind.PERMITS),
        THE_KEY_GOES_WITH_THE_FIRST(
                "enter.lua",
                "redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')[2])",
                "redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2])",
                Kind.PERMITS),
        WHAT_WAS_OVER_IS_RENEWED("extend.lua", "if not ends or tonumber(ends) <= now", "if not ends", Kind.PERMITS),
        ONLY_ONE_SHARE_IS_RENEWED("extend.lua", "for i = 1, tonumber(ARGV[4])", "for i = 1, 1", Kind.PERMITS),
        ONLY_ONE_SHARE_IS_GIVEN_BACK("leave.lua", "for i = 1, tonumber(ARGV[5])", "for i = 1, 1", Kind.PERMITS),
        WHAT_WAS_OVER_IS_KEPT("leave.lua", "local kept = mine and", "local kept = ends and", Kind.PERMITS),
        READERS_JOIN_A_WRITER("enter.lua", "room = kind ~= 'w' and", "room =", Kind.READERS_AND_WRITERS),
        READERS_PASS_A_WRITER_WHO_WAITS(
                "enter.lua", "not mine and (not first or first == ARGV[1])", "not mine", Kind.READERS_AND_WRITERS),
        A_COPY_NEEDS_ROOM("enter.lua", "local room = mine", "mine = nil\nlocal room", Kind.READERS_AND_WRITERS);

        private final String file;
        private final String from;
        private final String to;
        private final Kind kind;

        Broken(String file, String from, String to, Kind kind) {
            this.file = file;
            this.from = from;
            this.to = to;
            this.kind = kind;
        }

        Source in(Source source) {
            if (!source.file().equals(file)) {
                return source;
            }
            assertThat(source.text()).contains(from);
            return new Source(source.file(), source.text().replace(from, to));
        }
    }

    @ParameterizedTest
    @EnumSource
    void catchesScriptsThatAreBroken(Broken broken) {
        Random random = Seed.random("LockModelIT." + broken);
        Map<LockScenario.Check, String> findings = new EnumMap<>(LockScenario.Check.class);
        int lives = 0;
        try (OwnClock redis = new OwnClock(server, Locks.class, SCRIPTS, broken::in)) {
            while (findings.isEmpty() && lives++ < LIVES_OF_THE_BROKEN) {
                broken.kind.run(random.nextLong(), redis, findings::putIfAbsent);
            }
        }
        System.out.printf("%s: after %d lives: %s%n", broken, lives, findings);
        assertThat(findings).isNotEmpty();
    }
}
