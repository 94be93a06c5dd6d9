package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.lumbung.HeardLog;
import io.lumbung.Outage;
import io.lumbung.Seed;
import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.Cut;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.embedded.fault.ProxiedCluster;
import io.lumbung.error.Outcome;
import io.lumbung.error.StoreException;
import io.lumbung.error.StoreRefusedException;
import io.lumbung.key.Key;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.RateLimitSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Redis goes away, says no, or loses its memory; a decision always comes, and says whose it is. */
@Timeout(90)
class RateLimiterOutageIT {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration USUAL = Duration.ofMillis(250);

    private RedisServer server;
    private FaultProxy proxy;
    private LimiterBench here;
    private HeardLog log;

    @BeforeEach
    void start() {
        server = RedisServer.builder().config("appendfsync", "always").start();
        proxy = FaultProxy.inFrontOf(server);
        here = LimiterBench.at(proxy.url(), USUAL).listening();
        log = HeardLog.of("io.lumbung.ratelimit");
    }

    @AfterEach
    void stop() {
        log.close();
        here.close();
        proxy.close();
        server.close();
    }

    private RateLimiter limiter(WhenDown policy, RateLimit... limits) {
        return here.limiters.limiter("api").limits(limits).whenDown(policy).build();
    }

    /** Until a busy machine answers in time. */
    private static void eventually(BooleanSupplier what) {
        await().atMost(Duration.ofSeconds(30)).until(what::getAsBoolean);
    }

    private static void askedInRedis(RateLimiter limiter, String subject) {
        eventually(() -> limiter.tryAcquire(subject).source() == DecisionSource.REDIS);
    }

    private long used(RateLimiter limiter, String subject) {
        return (Long) server.command("LLEN", here.key(limiter, subject).text());
    }

    static Stream<Arguments> outages() {
        return Stream.of(Outage.values())
                .flatMap(outage -> Stream.of(WhenDown.values()).map(policy -> Arguments.of(outage, policy)));
    }

    @ParameterizedTest
    @MethodSource("outages")
    void answersByItsPolicyUntilRedisIsBack(Outage outage, WhenDown policy) {
        RateLimiter limiter = limiter(policy, RateLimit.perHour(1_000));
        askedInRedis(limiter, "ana");
        long before = used(limiter, "ana");
        outage.begin(server);

        List<Long> micros = new ArrayList<>();
        int allowed = 0;
        for (int i = 0; i < 300; i++) {
            if (i == 100) {
                proxy.forgetCommands();
            }
            long began = System.nanoTime();
            Decision decision = limiter.tryAcquire("ana", 5);
            micros.add((System.nanoTime() - began) / 1000);
            assertThat(decision.limits()).isEmpty();
            assertThat(decision.tightest()).isEmpty();
            assertThat(decision.source())
                    .isEqualTo(policy == WhenDown.LOCAL ? DecisionSource.LOCAL : DecisionSource.POLICY);
            if (decision instanceof Decision.Refused refused) {
                assertThat(refused.limit()).isEqualTo("redis");
                assertThat(refused.retryAfter()).isPositive().isLessThanOrEqualTo(HOUR);
                if (policy == WhenDown.REFUSE) {
                    assertThat(refused.retryAfter()).isEqualTo(Duration.ofSeconds(1));
                }
            } else {
                allowed++;
                Decision.Allowed yes = (Decision.Allowed) decision;
                if (policy == WhenDown.LOCAL) {
                    assertThat(yes.receipt().left()).isEqualTo(yes.cost());
                } else {
                    assertThat(yes.receipt().left()).isZero();
                    assertThat(limiter.refund(yes)).isFalse();
                }
            }
        }
        long reached = proxy.count("EVALSHA") + proxy.count("EVAL");
        List<Long> later = micros.subList(100, 300).stream().sorted().toList();
        System.out.printf(
                "%s, %s: first five %s ms; once known down median %d us, p99 %d us, and %d of 200 tried%n",
                outage,
                policy,
                micros.subList(0, 5).stream().map(m -> m / 1000).toList(),
                later.get(100),
                later.get(197),
                reached);
        assertThat(micros).allMatch(m -> m < 2_000_000);
        assertThat(reached).as("known to be down, nobody asks").isLessThan(20);
        assertThat(allowed)
                .isEqualTo(
                        switch (policy) {
                            case ALLOW -> 300;
                            case REFUSE -> 0;
                            case LOCAL -> 200;
                        });
        assertThat(log.said(Level.ERROR)).singleElement().asString().contains("without Redis");
        assertThat(log.said(Level.WARN)).as("nobody exceeded anything").isEmpty();
        assertThat(here.observed)
                .filteredOn(seen -> seen.source() != RateLimitSource.REDIS)
                .hasSize(300);

        outage.end(server);
        long back = System.nanoTime();
        await().atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> limiter.tryAcquire("ana").source() == DecisionSource.REDIS);
        System.out.printf(
                "%s, %s: counts in Redis again %d ms after it was back%n",
                outage, policy, (System.nanoTime() - back) / 1_000_000);
        assertThat(used(limiter, "ana"))
                .as("what was counted before still counts")
                .isGreaterThan(before);
        if (policy == WhenDown.ALLOW) {
            eventually(() -> {
                limiter.tryAcquire("ana");
                return !log.said(Level.INFO).isEmpty();
            });
            assertThat(log.said(Level.INFO)).containsExactly("rate limits are decided by Redis again");
        }
        assertThat(log.said(Level.ERROR)).hasSize(1);
    }

    @Test
    void severalLimitersAnswerEachByItsOwnPolicy() {
        RateLimiter open = limiter(WhenDown.ALLOW, RateLimit.perHour(5));
        RateLimiter closed = here.limiters
                .limiter("auth")
                .limits(RateLimit.perHour(5))
                .whenDown(WhenDown.REFUSE)
                .build();
        server.kill();
        for (int i = 0; i < 20; i++) {
            Decisions both = here.limiters.tryAcquireAll(Acquisition.of(open, "ana"), Acquisition.of(closed, "ana"));
            assertThat(both.refused().orElseThrow().limiter()).isEqualTo("auth");
            assertThat(both.all().get(0).isAllowed()).isTrue();
            assertThat(here.limiters.tryAcquireAll(Acquisition.of(open, "ana")).isAllowed())
                    .isTrue();
        }
        assertThat(log.said(Level.ERROR)).hasSize(1);
    }

    @Test
    void peeksAnswerByThePolicyToo() {
        RateLimiter limiter = limiter(WhenDown.LOCAL, RateLimit.perHour(2));
        server.kill();
        for (int i = 0; i < 5; i++) {
            assertThat(limiter.peek("ana", 2).isAllowed()).isTrue();
        }
        assertThat(limiter.tryAcquire("ana", 2).isAllowed()).isTrue();
        assertThat(limiter.peek("ana", 1).isAllowed()).isFalse();
        assertThat(limiter.peek("ana", 0).isAllowed()).isTrue();
    }

    @Test
    void whatAShareGaveIsGivenBackToItWhenAnotherLimiterRefuses() {
        RateLimiter everybody = here.limiters
                .limiter("global")
                .limits(RateLimit.perHour(3), RateLimit.smooth(3, HOUR).named("even"))
                .whenDown(WhenDown.LOCAL)
                .build();
        RateLimiter each = limiter(WhenDown.LOCAL, RateLimit.perHour(1));
        server.kill();
        assertThat(together(everybody, each, "greedy").isAllowed()).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(together(everybody, each, "greedy").isAllowed()).isFalse();
        }
        assertThat(together(everybody, each, "ana").isAllowed())
                .as("nobody else pays for it")
                .isTrue();

        Decision.Allowed last = (Decision.Allowed) everybody.tryAcquire("all");
        assertThat(everybody.tryAcquire("all").isAllowed()).isFalse();
        assertThat(everybody.refund(last)).isTrue();
        assertThat(everybody.refund(last)).isFalse();
        assertThat(everybody.tryAcquire("all").isAllowed()).isTrue();
    }

    private Decisions together(RateLimiter everybody, RateLimiter each, String subject) {
        return here.limiters.tryAcquireAll(Acquisition.of(everybody, "all"), Acquisition.of(each, subject));
    }

    @Test
    void aShadowRefusesNobodyWithoutRedisEither() {
        RateLimiter limiter = here.limiters
                .limiter("api")
                .limits(RateLimit.perHour(2))
                .whenDown(WhenDown.REFUSE)
                .shadow()
                .build();
        server.kill();
        Decision decision = limiter.tryAcquire("ana");
        assertThat(decision.isAllowed()).isTrue();
        assertThat(((Decision.Allowed) decision).wouldRefuse()).isPresent();
    }

    @Test
    void administrationSaysThatItFailed() {
        RateLimiter limiter = limiter(WhenDown.ALLOW, RateLimit.perHour(5));
        askedInRedis(limiter, "ana");
        Decision.Allowed taken = (Decision.Allowed) limiter.tryAcquire("ana", 2);
        assertThat(taken.receipt().left()).isEqualTo(2);
        server.kill();
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> limiter.refund(taken));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> limiter.reset("ana"));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> limiter.override("ana", SubjectOverride.blocked(), HOUR));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> limiter.overrideOf("ana"));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> limiter.removeOverride("ana"))
                .withMessageContaining("app:ratelimit:api:ana");
    }

    @Test
    void waitsForPermitsOnlyAsItsPolicySays() throws InterruptedException {
        RateLimiter open = limiter(WhenDown.ALLOW, RateLimit.perHour(1));
        RateLimiter closed = here.limiters
                .limiter("auth")
                .limits(RateLimit.perHour(1))
                .whenDown(WhenDown.REFUSE)
                .build();
        server.kill();
        List<Long> waits = new ArrayList<>();
        here.pause = nanos -> {
            waits.add(nanos);
            if (waits.size() == 3) {
                throw new InterruptedException("enough");
            }
        };
        assertThat(open.acquire("ana", 1, HOUR).isAllowed()).isTrue();
        assertThat(closed.acquire("ana", 1, Duration.ofMillis(900)).isAllowed()).isFalse();
        assertThat(waits).isEmpty();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> closed.acquire("ana", 1, HOUR));
        assertThat(waits).containsOnly(1_000_000_000L);
    }

    @Test
    void aWaitForASilentRedisCanBeInterrupted() throws Exception {
        try (LimiterBench patient = LimiterBench.at(proxy.url(), Duration.ofSeconds(20))) {
            RateLimiter limiter =
                    patient.limiters.limiter("api").limits(RateLimit.perHour(5)).build();
            askedInRedis(limiter, "ana");
            proxy.forgetCommands();
            server.pause();
            List<Throwable> thrown = new ArrayList<>();
            Thread waiting = new Thread(() -> {
                try {
                    limiter.acquire("ana", 1, HOUR);
                } catch (InterruptedException e) {
                    thrown.add(e);
                }
            });
            waiting.start();
            eventually(() -> proxy.count("EVALSHA") > 0);
            waiting.interrupt();
            waiting.join(10_000);
            assertThat(thrown).singleElement().isInstanceOf(InterruptedException.class);
            assertThat(log.said(Level.ERROR))
                    .as("that says nothing about Redis")
                    .isEmpty();
            server.resume();
        }
    }

    // What the server says instead of an answer

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOADING Redis is loading the dataset in memory",
                "READONLY You can't write against a read only replica.",
                "BUSY Redis is busy running a script.",
                "MASTERDOWN Link with MASTER is down",
                "OOM command not allowed when used memory > 'maxmemory'.",
                "MISCONF Redis is configured to save RDB snapshots",
                "NOAUTH Authentication required.",
                "NOPERM this user has no permissions to run the 'evalsha' command",
                "ERR max number of clients reached"
            })
    void noIsNoAnswer(String error) {
        RateLimiter limiter = limiter(WhenDown.ALLOW, RateLimit.perHour(100));
        askedInRedis(limiter, "ana");
        long before = used(limiter, "ana");
        proxy.answerAll("EVALSHA", "-" + error);
        for (int i = 0; i < 10; i++) {
            assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.POLICY);
        }
        assertThat(used(limiter, "ana")).isEqualTo(before);
        assertThat(log.said(Level.ERROR)).singleElement().asString().contains("app:ratelimit:api:ana");
        proxy.heal();
        askedInRedis(limiter, "ana");
        assertThat(used(limiter, "ana")).isEqualTo(before + 1);
    }

    @ParameterizedTest
    @EnumSource(Cut.class)
    void aPermitMayBeLostWithItsReplyButNeverTwo(Cut cut) {
        Random random = Seed.random("cut decisions by " + cut);
        RateLimiter limiter = limiter(
                WhenDown.ALLOW,
                RateLimit.perHour(1_000),
                RateLimit.smooth(1_000, HOUR).named("even"));
        int lost = 0;
        for (int round = 0; round < 30; round++) {
            String subject = "s" + round;
            eventually(() -> limiter.tryAcquire("warm").source() == DecisionSource.REDIS);
            proxy.cutAfterExecution("EVALSHA", 1 + random.nextInt(20), cut);
            long confirmed = 0;
            for (int i = 0; i < 20; i++) {
                if (limiter.tryAcquire(subject).source() == DecisionSource.REDIS) {
                    confirmed++;
                }
            }
            long taken = used(limiter, subject);
            assertThat(taken).as("of 20 asked, %d confirmed", confirmed).isBetween(confirmed, 20L);
            lost += (int) (taken - confirmed);
            proxy.heal();
        }
        System.out.println("replies cut by " + cut + ": " + lost + " permits lost in 30 cuts, none taken twice");
        assertThat(lost).as("the replies were really cut").isPositive();
    }

    @Test
    void aRefundWhoseReplyIsLostIsNotRepeated() {
        RateLimiter limiter = limiter(WhenDown.ALLOW, RateLimit.perHour(10));
        askedInRedis(limiter, "ana");
        limiter.reset("ana");
        Decision.Allowed taken = (Decision.Allowed) limiter.tryAcquire("ana", 4);
        limiter.refund(taken, 1);
        proxy.cutAfterExecution("EVALSHA", 1, Cut.RST);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> limiter.refund(taken, 1))
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
        assertThat(used(limiter, "ana")).isEqualTo(2);
        assertThat(taken.receipt().left()).isEqualTo(2);
    }

    // What the server has

    @Test
    void aServerThatCameBackEmptyStartsToCountAfresh() {
        RateLimiter limiter = limiter(WhenDown.ALLOW, RateLimit.perHour(3));
        askedInRedis(limiter, "warm");
        limiter.tryAcquire("ana", 3);
        limiter.override("ben", SubjectOverride.blocked(), HOUR);
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        assertThat(limiter.tryAcquire("ben").isAllowed()).isFalse();
        server.kill();
        await().until(() -> limiter.tryAcquire("ana").isAllowed());
        server.restart(RedisServer.Data.EMPTY);
        eventually(() -> limiter.peek("ana", 0).source() == DecisionSource.REDIS);
        assertThat(limiter.tryAcquire("ana", 3).isAllowed()).isTrue();
        assertThat(limiter.tryAcquire("ben").isAllowed()).isTrue();
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(RateLimiterContract.Sort.class)
    void aKeyOfAnotherProgramIsNotTouchedAndSaidOnce(RateLimiterContract.Sort sort) {
        RateLimiter limiter = limiter(WhenDown.ALLOW, sort.of(5), RateLimit.perMinute(9));
        askedInRedis(limiter, "warm");
        StoreKey key = here.key(limiter, "ana");
        server.command("HSET", key.text(), "theirs", "1");
        for (int i = 0; i < 30; i++) {
            assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.POLICY);
            limiter.reset("ben" + i);
            assertThat(limiter.tryAcquire("ben" + i).source()).isEqualTo(DecisionSource.REDIS);
        }
        assertThat(server.command("HGET", key.text(), "theirs")).isEqualTo("1");
        assertThat(server.command(
                        "EXISTS", here.keys.rateLimitFurther(key, "1m").text()))
                .as("nothing was taken from the other limit")
                .isEqualTo(0L);
        assertThat(log.said(Level.ERROR)).singleElement().asString().contains("WRONGTYPE", key.text());
        assertThat(log.said(Level.INFO)).isEmpty();
    }

    @Test
    void anOverrideOfAnotherProgramIsNone() {
        RateLimiter limiter = limiter(WhenDown.ALLOW, RateLimit.perHour(5));
        StoreKey override = here.keys.rateLimitOverride(here.key(limiter, "ana"));
        server.command("SET", override.text(), "something else");
        Decision decision = limiter.tryAcquire("ana");
        assertThat(decision.source()).isEqualTo(DecisionSource.REDIS);
        assertThat(decision.tightest().orElseThrow().remaining()).isEqualTo(4);
        server.command("DEL", override.text());
        server.command("HSET", override.text(), "a", "b");
        assertThat(limiter.tryAcquire("ana").tightest().orElseThrow().remaining())
                .isEqualTo(3);
        server.command("DEL", override.text());
        for (String text : new String[] {"L", "L100", "L20000:60000000:20000", "L5:1:5", "L99999999999999999999:1:1"}) {
            server.command("SET", override.text(), text);
            assertThat(limiter.peek("ana", 1).source()).as(text).isEqualTo(DecisionSource.REDIS);
            assertThat(limiter.overrideOf("ana")).as(text).isPresent();
        }
    }

    @Test
    void aBlockWithoutAnEndIsABlock() {
        RateLimiter limiter = limiter(WhenDown.ALLOW, RateLimit.perHour(5));
        server.command(
                "SET", here.keys.rateLimitOverride(here.key(limiter, "ana")).text(), "B");
        Decision decision = limiter.tryAcquire("ana");
        assertThat(decision).isInstanceOfSatisfying(Decision.Refused.class, no -> {
            assertThat(no.limit()).isEqualTo("blocked");
            assertThat(no.retryAfter()).isPositive();
        });
    }

    @Test
    void aFullServerThatEvictsNothingCountsAgainOnceThereIsRoom() {
        RateLimiter limiter = limiter(WhenDown.ALLOW, RateLimit.perHour(5));
        askedInRedis(limiter, "ana");
        server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
        server.command("CONFIG", "SET", "maxmemory", "1");
        for (int i = 0; i < 20; i++) {
            assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.POLICY);
        }
        assertThat(log.said(Level.ERROR)).singleElement().asString().contains("OOM", "maxmemory");
        assertThatExceptionOfType(StoreRefusedException.class)
                .isThrownBy(() -> limiter.override("ana", SubjectOverride.blocked(), HOUR));
        server.command("CONFIG", "SET", "maxmemory", "0");
        askedInRedis(limiter, "ana");
        assertThat(used(limiter, "ana")).isEqualTo(2);
    }

    @Test
    void whoMayNotRunScriptsIsTold() {
        try (RedisServer strict = RedisServer.builder()
                        .user("app", "secret", "~* &* +@all -evalsha -eval")
                        .start();
                LimiterBench bench = LimiterBench.at(strict.url("app"), LimiterBench.PATIENT)) {
            RateLimiter limiter = bench.limiters
                    .limiter("api")
                    .limits(RateLimit.perHour(5))
                    .whenDown(WhenDown.REFUSE)
                    .build();
            for (int i = 0; i < 10; i++) {
                assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.POLICY);
            }
            assertThat(log.said(Level.ERROR)).singleElement().asString().contains("NOPERM", "ACL SETUSER");
            assertThatExceptionOfType(StoreRefusedException.class).isThrownBy(() -> limiter.reset("ana"));
        }
    }

    // Shares

    @Test
    void instancesShareTheLimitAmongThem() {
        List<LimiterBench> benches = IntStream.range(0, 3)
                .mapToObj(i -> LimiterBench.at(server.url(), USUAL))
                .toList();
        try {
            List<RateLimiter> limiters = benches.stream()
                    .map(bench -> bench.limiters
                            .limiter("shared")
                            .limits(RateLimit.perHour(30))
                            .whenDown(WhenDown.LOCAL)
                            .build())
                    .toList();
            eventually(() -> benches.stream()
                    .allMatch(bench -> bench.workshop.instances().alive() == 3));
            server.kill();
            for (RateLimiter each : limiters) {
                List<Decision> all = IntStream.range(0, 40)
                        .mapToObj(i -> each.tryAcquire("ana"))
                        .toList();
                assertThat(all).allMatch(decision -> decision.source() == DecisionSource.LOCAL);
                assertThat(all.stream().filter(Decision::isAllowed).count()).isEqualTo(10);
            }
        } finally {
            benches.forEach(LimiterBench::close);
        }
    }

    @Test
    void anInstanceThatEndedIsNoLongerCounted() {
        LimiterWorkshop first = here.workshop;
        try (Instances quick = new Instances(first.kernel(), Duration.ofMillis(50))) {
            quick.start();
            try (Instances other = new Instances(first.kernel(), Duration.ofMillis(50))) {
                other.start();
                eventually(() -> quick.alive() == 2 && other.alive() == 2);
            }
            eventually(() -> quick.alive() == 1);
        }
        eventually(() -> server.command("EXISTS", "{app:ratelimit}:instances").equals(0L));
    }

    // Many threads, one outage

    @Test
    void manyThreadsSayOneThing() throws Exception {
        RateLimiter limiter = limiter(WhenDown.ALLOW, RateLimit.perHour(10_000));
        askedInRedis(limiter, "ana");
        ExecutorService pool = Executors.newFixedThreadPool(16);
        Consumer<Integer> ask = i -> limiter.tryAcquire("s" + i % 7);
        server.kill();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            int number = i;
            all.add(pool.submit(() -> ask.accept(number)));
        }
        for (Future<?> each : all) {
            each.get();
        }
        pool.shutdown();
        assertThat(log.said(Level.ERROR)).hasSize(1);
    }

    // Cluster

    @Test
    void aDeadNodeOfAClusterConcernsOnlyItsOwnSubjects() {
        try (ProxiedCluster cluster = ProxiedCluster.start();
                LimiterBench bench = LimiterBench.at(cluster.url(), USUAL)) {
            RateLimiter limiter = bench.limiters
                    .limiter("api")
                    .limits(RateLimit.perHour(10_000))
                    .build();
            RedisServer dead = cluster.cluster().masters().get(0);
            List<String> lost = new ArrayList<>();
            List<String> living = new ArrayList<>();
            for (int i = 0; lost.size() < 5 || living.size() < 5; i++) {
                String key = bench.keys.rateLimit("api", Key.of("s" + i)).text();
                (cluster.cluster().masterOf(key) == dead ? lost : living).add("s" + i);
            }
            lost.forEach(subject -> askedInRedis(limiter, subject));
            living.forEach(subject -> askedInRedis(limiter, subject));

            // Silent for its clients, but alive for its fellows, so nobody takes its place.
            cluster.proxyOf(dead).stall();
            eventually(() -> limiter.tryAcquire(lost.get(0)).source() == DecisionSource.POLICY);
            eventually(() -> living.stream()
                    .allMatch(subject -> limiter.tryAcquire(subject).source() == DecisionSource.REDIS));
            int others = 0;
            for (int i = 0; i < 50; i++) {
                assertThat(limiter.tryAcquire(lost.get(i % 5)).source()).isEqualTo(DecisionSource.POLICY);
                others += limiter.tryAcquire(living.get(i % 5)).source() == DecisionSource.REDIS ? 1 : 0;
            }
            System.out.println("a silent node: " + others + " of 50 other subjects were decided by Redis");
            assertThat(others).isGreaterThan(45);
            assertThat(log.said(Level.ERROR))
                    .as("one outage, whatever else is answered")
                    .hasSize(1);
            assertThat(log.said(Level.INFO)).isEmpty();
            cluster.heal();
            lost.forEach(subject -> askedInRedis(limiter, subject));

            dead.kill();
            eventually(() -> limiter.tryAcquire(lost.get(0)).source() == DecisionSource.POLICY);
            lost.forEach(subject -> askedInRedis(limiter, subject));
            living.forEach(subject -> askedInRedis(limiter, subject));
            System.out.println("a dead node: its replica counts");
        }
    }
}
