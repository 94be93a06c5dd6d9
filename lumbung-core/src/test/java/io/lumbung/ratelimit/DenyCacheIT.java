package io.lumbung.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.embedded.fault.FaultProxy;
import io.lumbung.key.Key;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a refused subject costs Redis, and how soon another instance's word reaches this one. */
@Timeout(60)
class DenyCacheIT {
    private static RedisServer server;
    private static FaultProxy proxy;
    private static LimiterBench there;

    /** In it nothing is forgotten but by word of mouth. */
    private LimiterBench here;

    @BeforeAll
    static void startServer() {
        server = RedisServer.builder().inMemoryOnly().start();
        proxy = FaultProxy.inFrontOf(server);
        there = LimiterBench.at(server.url());
    }

    @AfterAll
    static void stopServer() {
        there.close();
        proxy.close();
        server.close();
    }

    @BeforeEach
    void start() {
        server.command("FLUSHALL");
        here = LimiterBench.whereTimeStandsStill(proxy.url()).listening();
    }

    @AfterEach
    void stop() {
        here.close();
        proxy.heal();
    }

    private RateLimiter limiter(LimiterBench bench) {
        return bench.limiters.limiter("api").limits(RateLimit.perHour(3)).build();
    }

    /** A limiter here whose subject {@code ana} is refused, as it knows. */
    private RateLimiter refusing(LimiterBench bench) {
        RateLimiter limiter = limiter(bench);
        assertThat(limiter.tryAcquire("ana", 3).isAllowed()).isTrue();
        assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.REDIS);
        assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.DENY_CACHE);
        return limiter;
    }

    @Test
    void aFloodOfARefusedSubjectDoesNotReachRedis() {
        RateLimiter limiter = refusing(here);
        proxy.forgetCommands();
        for (int i = 0; i < 10_000; i++) {
            assertThat(limiter.tryAcquire("ana", 1 + i % 3).isAllowed()).isFalse();
        }
        assertThat(proxy.count("EVALSHA") + proxy.count("EVAL")).isZero();
        limiter.tryAcquire("ben");
        assertThat(proxy.count("EVALSHA") + proxy.count("EVAL")).isEqualTo(1);
    }

    /** What makes a refused request admissible. */
    enum Word {
        RESET(limiter -> limiter.reset("ana")),
        OVERRIDE(limiter -> limiter.override("ana", SubjectOverride.limits(RateLimit.perHour(9)), Duration.ofHours(1))),
        EXEMPT(limiter -> limiter.override("ana", SubjectOverride.exempt(), Duration.ofHours(1)));

        private final Consumer<RateLimiter> said;

        Word(Consumer<RateLimiter> said) {
            this.said = said;
        }
    }

    @ParameterizedTest
    @EnumSource
    void hearsWhatAnotherInstanceDid(Word word) {
        RateLimiter limiter = refusing(here);
        word.said.accept(limiter(there));
        await().until(() -> limiter.tryAcquire("ana").isAllowed());
    }

    @ParameterizedTest
    @EnumSource
    void knowsAtOnceWhatItDidItself(Word word) {
        proxy.dropPushes(true);
        RateLimiter limiter = refusing(here);
        word.said.accept(limiter);
        assertThat(limiter.tryAcquire("ana").isAllowed()).isTrue();
    }

    @Test
    void hearsOfARefundByAnotherInstance() {
        Decision.Allowed taken = (Decision.Allowed) limiter(there).tryAcquire("ana", 2);
        RateLimiter limiter = limiter(here);
        assertThat(limiter.tryAcquire("ana", 2).isAllowed()).isFalse();
        assertThat(limiter.tryAcquire("ana", 2).source()).isEqualTo(DecisionSource.DENY_CACHE);
        limiter(there).refund(taken, 1);
        await().until(() -> limiter.tryAcquire("ana", 2).isAllowed());
    }

    @Test
    void knowsAtOnceOfARefundOfItsOwn() {
        proxy.dropPushes(true);
        RateLimiter limiter = limiter(here);
        Decision.Allowed taken = (Decision.Allowed) limiter.tryAcquire("ana", 2);
        assertThat(limiter.tryAcquire("ana", 2).isAllowed()).isFalse();
        limiter.refund(taken);
        assertThat(limiter.tryAcquire("ana", 2).isAllowed()).isTrue();
    }

    @Test
    void knowsAtOnceWhatWasGivenBackBecauseAnotherLimiterRefused() {
        proxy.dropPushes(true);
        RedisRateLimiter limiter = (RedisRateLimiter) limiter(here);
        // Between the two steps of asking several limiters somebody is refused because of what will be given back.
        Decision.Allowed taken =
                (Decision.Allowed) limiter.attempt(Key.of("ana"), 3).send().answer();
        assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
        limiter.givingBack(taken).run();
        assertThat(limiter.tryAcquire("ana").isAllowed()).isTrue();
    }

    @Test
    void hearsOfABlockThatWasLifted() {
        RateLimiter other = limiter(there);
        other.override("ana", SubjectOverride.blocked(), Duration.ofHours(1));
        RateLimiter limiter = limiter(here);
        // The word of the block itself may still be on its way.
        await().until(() -> limiter.tryAcquire("ana").source() == DecisionSource.DENY_CACHE);
        other.removeOverride("ana");
        await().until(() -> limiter.tryAcquire("ana").isAllowed());
    }

    @Test
    void asksEachTimeWhileItCannotHear() {
        RateLimiter limiter = refusing(here);
        // The link is cut at the server and cannot be made again.
        proxy.answerAll("SUBSCRIBE", "-ERR not now");
        server.command("CLIENT", "KILL", "TYPE", "pubsub");
        await().until(() -> !here.workshop.denied().isUp());
        for (int i = 0; i < 20; i++) {
            assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.REDIS);
        }
        limiter(there).reset("ana");
        assertThat(limiter.tryAcquire("ana", 3).isAllowed()).as("at once").isTrue();
        limiter.tryAcquire("ana");
        proxy.heal();
        await().until(() -> here.workshop.denied().isUp());
        assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.REDIS);
        assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.DENY_CACHE);
    }

    @Test
    void nothingStaleIsLeftWhenItHearsAgain() {
        List<String> subjects = IntStream.range(0, 50).mapToObj(i -> "s" + i).toList();
        RateLimiter limiter = limiter(here);
        for (String each : subjects) {
            limiter.tryAcquire(each, 3);
            limiter.tryAcquire(each);
            assertThat(limiter.tryAcquire(each).source()).isEqualTo(DecisionSource.DENY_CACHE);
        }
        proxy.answerAll("SUBSCRIBE", "-ERR not now");
        server.command("CLIENT", "KILL", "TYPE", "pubsub");
        await().until(() -> !here.workshop.denied().isUp());
        subjects.forEach(limiter(there)::reset);
        proxy.heal();
        await().until(() -> here.workshop.denied().isUp());
        assertThat(subjects).allMatch(each -> limiter.tryAcquire(each).isAllowed());
    }

    @Test
    void aWordThatGetsLostCostsTwoSecondsAtMost() {
        try (LimiterBench usual = LimiterBench.at(proxy.url()).listening()) {
            proxy.dropPushes(true);
            RateLimiter limiter = refusing(usual);
            long began = System.nanoTime();
            limiter(there).reset("ana");
            await().pollInterval(Duration.ofMillis(20))
                    .until(() -> limiter.tryAcquire("ana").isAllowed());
            System.out.printf("a lost word: refused for another %d ms%n", (System.nanoTime() - began) / 1_000_000);
        }
    }

    @Test
    void peeksAndShadowsAlwaysAsk() {
        RateLimiter limiter = refusing(here);
        RateLimiter shadow = here.limiters
                .limiter("shadow")
                .limits(RateLimit.perHour(1))
                .shadow()
                .build();
        shadow.tryAcquire("ana");
        here.listed.sent();
        for (int i = 0; i < 5; i++) {
            assertThat(limiter.peek("ana", 1).source()).isEqualTo(DecisionSource.REDIS);
            assertThat(shadow.tryAcquire("ana").source()).isEqualTo(DecisionSource.REDIS);
        }
        assertThat(here.listed.sent()).hasSize(10);
        assertThat(here.limiters
                        .limiter("peeked")
                        .limits(RateLimit.perHour(1))
                        .build()
                        .tryAcquire("ben")
                        .isAllowed())
                .isTrue();
        RateLimiter peeked = here.limiters.find("peeked").orElseThrow();
        assertThat(peeked.peek("ben", 1).isAllowed()).isFalse();
        assertThat(peeked.tryAcquire("ben").source())
                .as("a refused peek is not kept")
                .isEqualTo(DecisionSource.REDIS);
    }

    @Test
    void aShadowThatBecomesRealAsksFirst() {
        RateLimiter limiter =
                here.limiters.limiter("s").limits(RateLimit.perHour(1)).shadow().build();
        limiter.tryAcquire("ana");
        limiter.tryAcquire("ana");
        here.limiters.limiter("s").limits(RateLimit.perHour(1)).replace();
        assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.REDIS);
        assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.DENY_CACHE);
    }
}
