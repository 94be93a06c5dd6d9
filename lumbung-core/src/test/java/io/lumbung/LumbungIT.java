package io.lumbung;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lumbung.cache.Cache;
import io.lumbung.codec.TypeRef;
import io.lumbung.config.LumbungConfig;
import io.lumbung.config.OnEviction;
import io.lumbung.doctor.UnsafeServerException;
import io.lumbung.embedded.RedisServer;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.ratelimit.Acquisition;
import io.lumbung.ratelimit.Decision;
import io.lumbung.ratelimit.DecisionSource;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.RateLimiter;
import io.lumbung.ratelimit.RateLimiters;
import io.lumbung.ratelimit.SubjectOverride;
import io.lumbung.ratelimit.WhenDown;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

class LumbungIT {
    private static final Duration SOON = Duration.ofSeconds(5);
    private static RedisServer server;
    private static RedisServer evicting;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
        evicting = RedisServer.builder()
                .inMemoryOnly()
                .config("maxmemory", "64mb")
                .config("maxmemory-policy", "allkeys-lru")
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
        evicting.close();
    }

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(log);
        evicting.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    }

    @Test
    void connectsAndIsHealthy() {
        Instant before = Instant.now();
        try (Lumbung lumbung = Lumbung.connect(at(server).build())) {
            Health health = lumbung.health();

            assertThat(health.isHealthy()).isTrue();
            assertThat(health.latency()).isPositive();
            assertThat(health.connectedAt())
                    .hasValueSatisfying(moment -> assertThat(moment).isBetween(before, Instant.now()));
            assertThat(health.stateAtRisk()).isFalse();
            assertThat(said(Level.INFO))
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("redis connection established")
                            .contains("port " + server.port()));
        }
    }

    @Test
    void cachesWithTheConfiguredDefaults() {
        LumbungConfig config = at(server)
                .cacheDefaultTtl(Duration.ofMinutes(7))
                .keyPrefix("door")
                .build();
        try (Lumbung lumbung = Lumbung.connect(config)) {
            Cache<List<String>> names =
                    lumbung.cache("names", new TypeRef<List<String>>() {}).build();

            assertThat(names.get("a", () -> List.of("ana"))).hasValue(List.of("ana"));
            assertThat(names.get("a").value()).hasValue(List.of("ana"));
            assertThat(names.ttl()).isEqualTo(Duration.ofMinutes(7));
            assertThat(lumbung.cache("names", new TypeRef<List<String>>() {}).build())
                    .isSameAs(names);
            assertThat(server.command("EXISTS", "door:names:a")).isEqualTo(1L);
        }
    }

    @Test
    void noDeadlineExceedsTheReadTimeout() {
        LumbungConfig config = LumbungConfig.builder()
                .url(server.url())
                .readTimeout(Duration.ofMillis(400))
                .build();
        try (Lumbung lumbung = Lumbung.connect(config)) {
            assertThatThrownBy(() -> lumbung.cache("slow", String.class)
                            .deadline(Duration.ofMillis(401))
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT0.401S")
                    .hasMessageContaining("PT0.4S")
                    .hasMessageContaining("lumbung.redis.read-timeout");
        }
    }

    @Test
    void invalidatesByTagInEveryCache() {
        try (Lumbung lumbung = Lumbung.connect(at(server).build())) {
            Cache<String> tagged =
                    lumbung.cache("tagged", String.class).tags("people").build();
            tagged.put("a", "old");

            lumbung.invalidateTag("people");

            assertThat(tagged.get("a").isHit()).isFalse();
        }
    }

    @Test
    void aCacheThatOutlivedItsLumbungSaysSo() {
        Lumbung lumbung = Lumbung.connect(at(server).build());
        Cache<String> cache = lumbung.cache("late", String.class).build();
        lumbung.close();

        assertThatThrownBy(() -> cache.put("a", "v"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Redis not connected");
        assertThatThrownBy(lumbung::caches)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Redis not connected");
    }

    @Test
    void limitsRatesOnTheStatesServerWithTheConfiguredPrefixAndDeadline() {
        LumbungConfig config = at(evicting)
                .stateUrl(server.url())
                .keyPrefix("door")
                .readTimeout(Duration.ofMillis(400))
                .build();
        try (Lumbung lumbung = Lumbung.connect(config)) {
            RateLimiter limiter =
                    lumbung.rateLimiter("login").limits(RateLimit.perHour(2)).build();

            assertThat(limiter.tryAcquire("ana").source()).isEqualTo(DecisionSource.REDIS);
            assertThat(limiter.tryAcquire("ana").isAllowed()).isTrue();
            assertThat(limiter.tryAcquire("ana").isAllowed()).isFalse();
            assertThat(lumbung.rateLimiters().find("login")).containsSame(limiter);
            assertThat(server.command("LLEN", "door:ratelimit:login:ana")).isEqualTo(2L);
            assertThat(evicting.command("EXISTS", "door:ratelimit:login:ana")).isEqualTo(0L);
            assertThatThrownBy(() -> lumbung.rateLimiter("slow")
                            .limits(RateLimit.perHour(2))
                            .deadline(Duration.ofMillis(401))
                            .build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("PT0.401S")
                    .hasMessageContaining("PT0.4S")
                    .hasMessageContaining("lumbung.redis.read-timeout");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLimiterThatOutlivedItsLumbungSaysSo(WhenDown policy) {
        Lumbung lumbung = Lumbung.connect(at(server).keyPrefix("late").build());
        RateLimiter limiter = lumbung.rateLimiter("late")
                .limits(RateLimit.perHour(1))
                .whenDown(policy)
                .build();
        RateLimiters limiters = lumbung.rateLimiters();
        Decision.Allowed taken = (Decision.Allowed) limiter.tryAcquire("ana" + policy);
        await().until(() -> limiter.tryAcquire("ana" + policy).source() == DecisionSource.DENY_CACHE);
        lumbung.close();

        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> limiter.tryAcquire("ana" + policy),
                () -> limiter.peek("ana", 0),
                () -> limiter.acquire("ana", 1, Duration.ofHours(1)),
                () -> limiter.refund(taken),
                () -> limiter.reset("ana"),
                () -> limiter.override("ana", SubjectOverride.blocked(), Duration.ofHours(1)),
                () -> limiter.overrideOf("ana"),
                () -> limiter.removeOverride("ana"),
                () -> limiters.tryAcquireAll(Acquisition.of(limiter, "ana" + policy)),
                lumbung::rateLimiters,
                () -> lumbung.rateLimiter("more"))) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class).hasMessage("Redis not connected");
        }
    }

    @Test
    void saysWhereItCouldNotConnect() {
        RedisServer gone = RedisServer.builder().inMemoryOnly().start();
        gone.close();

        assertThatThrownBy(() -> Lumbung.connect(at(gone).build()))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("failed to connect to Redis at 127.0.0.1:" + gone.port())
                .hasMessageContaining("REDIS_URL")
                .hasCauseInstanceOf(Throwable.class);
    }

    @Test
    void closesOnceAndIsThenNotConnected() {
        Lumbung lumbung = Lumbung.connect(at(server).build());
        lumbung.close();
        lumbung.close();

        assertThatThrownBy(lumbung::health)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Redis not connected");
        assertThatThrownBy(lumbung::kernel)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("Redis not connected");
        assertThat(said(Level.INFO))
                .filteredOn("closing redis connection"::equals)
                .hasSize(1);
    }

    @Test
    void isUnhealthyWhileRedisIsDownAndHealthyAgainAfterwards() {
        try (RedisServer own = RedisServer.builder().start();
                Lumbung lumbung = Lumbung.connect(at(own).build())) {
            own.kill();
            Health down = lumbung.health();
            assertThat(down.isHealthy()).isFalse();
            assertThat(down.connectedAt()).isEmpty();

            own.restart(RedisServer.Data.KEEP);
            await().atMost(SOON).until(() -> lumbung.health().isHealthy());
        }
    }

    @Test
    void startsWithoutRedisIfToldSoAndConnectsLater() {
        try (RedisServer own = RedisServer.builder().start()) {
            own.kill();
            try (Lumbung lumbung = Lumbung.connect(at(own).optionalAtStart().build())) {
                assertThat(lumbung.health().isHealthy()).isFalse();

                own.restart(RedisServer.Data.EMPTY);
                await().atMost(SOON).until(() -> lumbung.health().isHealthy());
            }
        }
    }

    @Test
    void warnsOnceWithTheFixWhenStateMayBeEvicted() {
        try (Lumbung lumbung = Lumbung.connect(at(evicting).build())) {
            assertThat(lumbung.health().stateAtRisk()).isTrue();
            assertThat(lumbung.health().toJson()).contains("\"state_at_risk\":true");
            assertThat(said(Level.WARN))
                    .singleElement()
                    .asString()
                    .contains("allkeys-lru at maxmemory 64mb")
                    .contains("CONFIG SET maxmemory-policy noeviction on 127.0.0.1:" + evicting.port())
                    .contains("LUMBUNG_STATE_REDIS_URL");
        }
    }

    @Test
    void noLongerSaysAtRiskOnceTheAdviceWasFollowed() {
        try (Lumbung lumbung = Lumbung.connect(at(evicting).build())) {
            assertThat(lumbung.health().stateAtRisk()).isTrue();

            evicting.command("CONFIG", "SET", "maxmemory-policy", "noeviction");

            assertThat(lumbung.health().stateAtRisk()).isFalse();
        }
    }

    @Test
    void doesNotStartOnAnEvictingServerIfToldToRefuse() {
        assertThatThrownBy(() -> Lumbung.connect(
                        at(evicting).onEviction(OnEviction.REFUSE).build()))
                .isInstanceOf(UnsafeServerException.class)
                .hasMessageContaining("lumbung.state.on-eviction=refuse")
                .hasMessageContaining("CONFIG SET maxmemory-policy noeviction on 127.0.0.1:" + evicting.port());
    }

    @Test
    void isContentWithAnEvictingCacheIfStateHasAServerOfItsOwn() {
        LumbungConfig config = at(evicting)
                .stateUrl(server.url())
                .onEviction(OnEviction.REFUSE)
                .build();
        try (Lumbung lumbung = Lumbung.connect(config)) {
            assertThat(lumbung.health().isHealthy()).isTrue();
            assertThat(lumbung.health().stateAtRisk()).isFalse();
            assertThat(lumbung.kernel().state()).isNotSameAs(lumbung.kernel().cache());
            assertThat(said(Level.WARN)).isEmpty();
        }
    }

    @Test
    void isUnhealthyIfOnlyTheStateServerIsDown() {
        try (RedisServer state = RedisServer.builder().inMemoryOnly().start();
                Lumbung lumbung =
                        Lumbung.connect(at(server).stateUrl(state.url()).build())) {
            state.kill();
            assertThat(lumbung.health().isHealthy()).isFalse();
        }
    }

    @Test
    void startsWhereItMayNotAskAboutMemory() {
        try (RedisServer strict = RedisServer.builder()
                        .user("app", "secret", "~* &* +@all -info")
                        .start();
                Lumbung lumbung = Lumbung.connect(LumbungConfig.builder()
                        .url(strict.url("app"))
                        .onEviction(OnEviction.REFUSE)
                        .build())) {
            assertThat(lumbung.health().isHealthy()).isTrue();
            assertThat(said(Level.WARN)).isEmpty();
            assertThat(said(Level.INFO)).anySatisfy(line -> assertThat(line).contains("+info"));
        }
    }

    private static LumbungConfig.Builder at(RedisServer redis) {
        return LumbungConfig.builder().url(redis.url());
    }

    private List<String> said(Level level) {
        return log.list.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.lumbung");
    }
}
