package io.lumbung.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.lumbung.Lumbung;
import io.lumbung.cache.Cache;
import io.lumbung.cache.Fetched;
import io.lumbung.cache.Source;
import io.lumbung.error.LockNotAcquiredException;
import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import io.lumbung.redis.Deadline;
import io.lumbung.redis.Redis;
import io.lumbung.redis.Subscription;
import io.lumbung.service.user.DirectRead;
import io.lumbung.service.user.User;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.web.servlet.client.RestTestClient;

/** What everybody who puts Redis beside a PostgreSQL wants to see first, one test for each sentence. */
@RunningService
class SuccessCriteriaIT {

    private static final Duration SOON = Duration.ofSeconds(5);

    @Autowired
    private Lumbung lumbung;

    @Autowired
    private RestTestClient http;

    @Autowired
    private BeanFactory service;

    @Test
    void pingAnswers() {
        assertThat(lumbung.health().isHealthy()).isTrue();
        new Users(http)
                .get("/actuator/health")
                .expectBody()
                .jsonPath("$.components.lumbung.details.status")
                .isEqualTo("healthy");
    }

    @Test
    void setGetAndDeleteWork() {
        Cache<String> words = lumbung.cache("words", String.class).build();
        words.put("greeting", "selamat pagi");
        assertThat(words.get("greeting").value()).contains("selamat pagi");
        assertThat(words.exists("greeting")).isTrue();

        assertThat(words.invalidateAll(List.of(Key.of("greeting"), Key.of("farewell"))))
                .isEqualTo(1);
        assertThat(words.get("greeting").isHit()).isFalse();
    }

    /** Times are printed and not judged, because a test machine is busy; judged is where the answers came from. */
    @Test
    void cacheAsideMakesReadsFasterThanTheDatabase() {
        UUID id = UUID.fromString(new Users(http).registered(Users.freshHandle()));
        Function<UUID, Optional<User>> database = DirectRead.of(service);
        Cache<User> users =
                lumbung.cache("user", User.class).ttl(Duration.ofMinutes(10)).build();
        assertThat(users.fetch(Key.of(id.toString()), () -> database.apply(id).orElse(null))
                        .source())
                .isEqualTo(Source.LOADED);

        List<Duration> fromPostgres = new ArrayList<>();
        List<Duration> fromRedis = new ArrayList<>();
        for (int round = 0; round < 500; round++) {
            long began = System.nanoTime();
            Optional<User> read = database.apply(id);
            fromPostgres.add(Duration.ofNanos(System.nanoTime() - began));

            began = System.nanoTime();
            Fetched<User> cached = users.fetch(Key.of(id.toString()), SuccessCriteriaIT::neverAsked);
            fromRedis.add(Duration.ofNanos(System.nanoTime() - began));

            assertThat(cached).isEqualTo(new Fetched<>(read, Source.HIT));
        }
        System.out.printf(
                "a user read from PostgreSQL: median %d us, from Redis through the cache: median %d us%n",
                median(fromPostgres), median(fromRedis));
    }

    private static User neverAsked() {
        throw new AssertionError("a hit asks no source");
    }

    private static long median(List<Duration> times) {
        return times.stream()
                        .sorted()
                        .skip(times.size() / 2)
                        .findFirst()
                        .orElseThrow()
                        .toNanos()
                / 1_000;
    }

    @Test
    void dataChangesInvalidateTheCache() {
        Users users = new Users(http);
        String handle = Users.freshHandle();
        String path = "/api/v1/users/" + users.registered(handle);
        for (String from : List.of("miss", "hit")) {
            users.get(path).expectHeader().valueEquals("X-Lumbung-Cache", from);
        }

        users.put(path, Users.body(handle).replace("Ana Putri", "Budi"))
                .expectStatus()
                .isOk();

        users.get(path)
                .expectHeader()
                .valueEquals("X-Lumbung-Cache", "miss")
                .expectBody()
                .jsonPath("$.name")
                .isEqualTo("Budi");
    }

    @Test
    void pubSubDelivers() {
        Redis redis = lumbung.kernel().state();
        String channel = "orders:" + UUID.randomUUID();
        Queue<String> received = new ConcurrentLinkedQueue<>();
        try (Subscription orders = redis.subscribe(
                channel, message -> received.add(new String(message, StandardCharsets.UTF_8)), Deadline.in(SOON))) {
            await().until(orders::isUp);
            long receivers =
                    redis.publish(channel, "order-123 paid".getBytes(StandardCharsets.UTF_8), Deadline.in(SOON));
            assertThat(receivers).isEqualTo(1);
            await().untilAsserted(() -> assertThat(received).containsExactly("order-123 paid"));
        }
    }

    /** Two round trips to a cache make an increment that loses updates whenever two are at it at once. */
    @Test
    void theLockPreventsConcurrentAccess() throws Exception {
        Locks locks = lumbung.locks();
        String name = "payment:" + UUID.randomUUID();
        try (Lease held = locks.tryAcquire(name, SOON).orElseThrow()) {
            assertThat(locks.tryAcquire(name, SOON)).isEmpty();
            assertThatThrownBy(() -> locks.lock(name).run(SOON, lease -> fail("somebody else holds it")))
                    .isInstanceOf(LockNotAcquiredException.class)
                    .hasMessage("lock " + name + " is already held");
            assertThat(held.isHeld()).isTrue();
        }

        Cache<Integer> balances = lumbung.cache("balance", Integer.class).build();
        balances.put(name, 0);
        AtomicInteger inside = new AtomicInteger();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> payments = new ArrayList<>();
            for (int payment = 0; payment < 40; payment++) {
                payments.add(callers.submit(() -> {
                    locks.lock(name).run(Duration.ofSeconds(30), Duration.ofMinutes(1), lease -> {
                        assertThat(inside.incrementAndGet()).isEqualTo(1);
                        balances.put(name, balances.get(name).value().orElseThrow() + 1);
                        inside.decrementAndGet();
                    });
                    return null;
                }));
            }
            for (Future<?> payment : payments) {
                payment.get();
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(balances.get(name).value()).contains(40);
    }
}
