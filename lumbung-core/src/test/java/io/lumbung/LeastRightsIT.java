package io.lumbung;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.cache.Cache;
import io.lumbung.cache.Source;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.key.Key;
import io.lumbung.lock.FencedValue;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import io.lumbung.lock.Semaphore;
import io.lumbung.ratelimit.CalendarPeriod;
import io.lumbung.ratelimit.Decision;
import io.lumbung.ratelimit.DecisionSource;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.RateLimiter;
import io.lumbung.ratelimit.SubjectOverride;
import io.lumbung.ratelimit.WhenDown;
import io.lumbung.redis.Command;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Reply;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.RotateResult;
import io.lumbung.session.SessionChange;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import io.lumbung.session.UpdateResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rights that SECURITY.md recommends are enough. */
@Timeout(60)
class LeastRightsIT {

    @Test
    void everythingWorksForAUserWhoMayTouchNothingButItsPrefix() throws Exception {
        try (RedisServer server =
                        RedisServer.builder().user("app", "secret", rights()).start();
                Lumbung lumbung = Lumbung.connect(
                        LumbungConfig.builder().url(server.url("app")).build())) {
            Cache<String> plain = lumbung.cache("plain", String.class).build();
            assertThat(plain.fetch("a", () -> "1").source()).isEqualTo(Source.LOADED);
            assertThat(plain.fetch("a", () -> "2").source()).isEqualTo(Source.HIT);
            assertThat(plain.deletePrefix("a")).isEqualTo(1);
            plain.put("b", "1");
            assertThat(plain.invalidate("b")).isTrue();
            assertThat(plain.clear()).isPresent();

            Cache<String> tagged = lumbung.cache("tagged", String.class)
                    .ttl(Duration.ofMinutes(1))
                    .tags("all")
                    .build();
            tagged.get("a", () -> "1");
            lumbung.invalidateTag("all");
            assertThat(tagged.fetch("a", () -> "2").source()).isEqualTo(Source.LOADED);

            limits(lumbung);
            sessions(lumbung);
            locks(lumbung);
            assertThat(lumbung.health().status()).isEqualTo(Health.Status.HEALTHY);
            assertThat(server.command("ACL", "LOG")).as("nothing was refused").isEqualTo(List.of());
        }
    }

    private static void limits(Lumbung lumbung) {
        Duration hour = Duration.ofHours(1);
        RateLimiter limiter = lumbung.rateLimiter("api")
                .limits(
                        RateLimit.slidingLog(5, hour).named("log"),
                        RateLimit.slidingCounter(5, hour).named("counter"),
                        RateLimit.smooth(5, hour).named("smooth"),
                        RateLimit.quota(5, CalendarPeriod.DAY, ZoneOffset.UTC).named("quota"))
                .whenDown(WhenDown.LOCAL)
                .build();
        Decision first = limiter.tryAcquire("ana", 3);
        assertThat(first.source()).isEqualTo(DecisionSource.REDIS);
        assertThat(limiter.peek("ana", 3).isAllowed()).isFalse();
        assertThat(limiter.refund((Decision.Allowed) first)).isTrue();
        assertThat(limiter.tryAcquire("ana", 5).isAllowed()).isTrue();
        assertThat(limiter.reset("ana")).isTrue();
        limiter.override("ana", SubjectOverride.blocked(), hour);
        assertThat(limiter.overrideOf("ana")).contains(SubjectOverride.blocked());
        assertThat(limiter.removeOverride("ana")).isTrue();
        // Refusals are kept once this process may listen, and instances are counted once they may be.
        limiter.tryAcquire("ben", 5);
        await().until(() -> limiter.tryAcquire("ben").source() == DecisionSource.DENY_CACHE);
        await().until(() -> lumbung.kernel()
                        .state()
                        .call(
                                Command.on(
                                        "test",
                                        "EXISTS",
                                        lumbung.kernel().keys().rateLimitInstances(),
                                        Reply::number),
                                Deadline.in(Duration.ofSeconds(5)))
                == 1);
    }

    private static void sessions(Lumbung lumbung) {
        Sessions sessions = lumbung.sessions(SessionPolicy.standard().withExpiryEvents());
        SessionToken token = ((CreateResult.Created) sessions.create(NewSession.of("ana"))).token();
        assertThat(sessions.refresh(token)).isPresent();
        assertThat(sessions.update(token, SessionChange.none().set("a", 1))).isInstanceOf(UpdateResult.Updated.class);
        SessionToken next = ((RotateResult.Rotated) sessions.rotate(token)).token();
        assertThat(sessions.assign(next, "ben")).isPresent();
        assertThat(sessions.list("ben")).hasSize(1);
        assertThat(sessions.destroyAll("ben")).isEqualTo(1);
    }

    private static void locks(Lumbung lumbung) throws Exception {
        Duration minute = Duration.ofMinutes(1);
        Locks locks = lumbung.locks();
        Lease lease = locks.tryAcquire("a", minute).orElseThrow();
        FencedValue<String> value = locks.fencedValue("a", String.class);
        value.set(lease, "1");
        assertThat(value.get()).contains("1");
        assertThat(lease.renew()).isTrue();
        FutureTask<Optional<Lease>> waiter = new FutureTask<>(() -> locks.acquire("a", minute, minute));
        new Thread(waiter).start();
        await().until(() -> locks.state(Key.parse("a")).waiting() == 1);
        assertThat(lease.release()).isTrue();
        assertThat(waiter.get()).isPresent();
        assertThat(locks.forceRelease(Key.parse("a"))).isTrue();
        Semaphore semaphore = locks.semaphore("s", 2);
        Lease permit = semaphore.acquire(minute, minute).orElseThrow();
        assertThat(semaphore.available()).isEqualTo(1);
        assertThat(permit.renew()).isTrue();
        assertThat(permit.release()).isTrue();
        locks.readWriteLock("r")
                .write()
                .run(minute, held -> assertThat(held.isHeld()).isTrue());
    }

    private static String rights() throws IOException {
        Matcher rights = Pattern.compile("`(~app:[^`]+)`").matcher(Files.readString(Path.of("../SECURITY.md")));
        assertThat(rights.find()).isTrue();
        return rights.group(1);
    }
}
