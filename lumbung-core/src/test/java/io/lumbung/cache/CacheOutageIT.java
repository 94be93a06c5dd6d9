package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.lumbung.Outage;
import io.lumbung.embedded.RedisServer;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.observe.Observation.CacheEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redis goes away and comes back, and the application hardly notices. */
class CacheOutageIT {
    private RedisServer server;
    private AtomicReference<CountedRedis> counted;
    private CacheBench here;
    /** Another process, which is never in a hurry. */
    private CacheBench there;

    @BeforeEach
    void start() {
        server = RedisServer.builder().config("appendfsync", "always").start();
        counted = new AtomicReference<>();
        here = CacheBench.at(server.url(), CacheDefaults.standard(), redis -> {
            counted.set(new CountedRedis(redis));
            return counted.get();
        });
        there = CacheBench.at(server.url());
    }

    @AfterEach
    void stop() {
        here.close();
        there.close();
        server.close();
    }

    @ParameterizedTest
    @EnumSource(Outage.class)
    void readsGoOnAndComeBackToTheCache(Outage outage) {
        Cache<String> cache = here.caches.cache("value", String.class).build();
        Cache<String> tagged =
                here.caches.cache("tagged", String.class).tags("some").build();
        there.caches.cache("value", String.class).build().put("1", "cached");
        there.caches.cache("tagged", String.class).tags("some").build().put("1", "cached");
        for (Cache<String> each : List.of(cache, tagged)) {
            await().until(() -> each.get("1").isHit());
        }
        outage.begin(server);

        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Cache<String> each = i % 2 == 0 ? cache : tagged;
            counted.get().sent.get().set(0);
            counted.get().failed.get().set(0);
            long began = System.nanoTime();
            Fetched<String> fetched = each.fetch("1", () -> "loaded");
            micros.add((System.nanoTime() - began) / 1000);
            assertThat(fetched).isEqualTo(new Fetched<>(Optional.of("loaded"), Source.BYPASS));
            assertThat(counted.get().failed.get())
                    .as("waits for Redis in one read")
                    .hasValue(1);
            assertThat(counted.get().sent.get()).as("one look, no more").hasValue(i % 2 == 0 ? 1 : 3);
            assertThat(each.get("1").isHit()).isFalse();
        }
        List<Long> later = micros.subList(50, 200).stream().sorted().toList();
        System.out.printf(
                "%s: on top of the loader, first ten reads %s ms; once known down p50 %d us, p99 %d us%n",
                outage, micros.subList(0, 10).stream().map(m -> m / 1000).toList(), later.get(75), later.get(148));
        assertThat(micros).allMatch(m -> m < 2_000_000);
        assertThat(later.get(75)).isLessThan(100_000);

        outage.end(server);
        long back = System.nanoTime();
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> cache.fetch("1", () -> "loaded").source() == Source.HIT
                        && tagged.fetch("1", () -> "loaded").source() == Source.HIT);
        System.out.printf("%s: hits again %d ms after it was back%n", outage, (System.nanoTime() - back) / 1_000_000);
    }

    @ParameterizedTest
    @EnumSource(Outage.class)
    void nothingStaleAfterWritesDuringTheOutage(Outage outage) throws Exception {
        Cache<Integer> cache = here.caches.cache("value", Integer.class).build();
        Cache<Integer> tagged =
                here.caches.cache("tagged", Integer.class).tags("all").build();
        Cache<Integer> listed = here.caches.cache("listed", Integer.class).build();
        Map<String, Integer> database = new ConcurrentHashMap<>();
        for (int i = 0; i < 200; i++) {
            database.put("k" + i, 1);
        }
        Map<Key, Integer> old = new HashMap<>();
        database.forEach((key, version) -> old.put(Key.of(key), version));
        there.caches.cache("value", Integer.class).build().putAll(old);
        there.caches.cache("tagged", Integer.class).tags("all").build().putAll(old);
        there.caches.cache("listed", Integer.class).build().putAll(old);
        outage.begin(server);
        database.replaceAll((key, version) -> 2);
        // Every write that this process could not tell Redis about is from now on its own to remember.
        for (String key : database.keySet()) {
            assertThatExceptionOfType(StoreException.class).isThrownBy(() -> cache.invalidate(key));
        }
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> tagged.invalidateTag("all"));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> listed.deletePattern("k*"));
        assertThat(here.caches.unconfirmedInvalidations()).isEqualTo(202);
        assertThat(here.count(CacheEvent.INVALIDATION_KEPT)).isEqualTo(202);

        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger reads = new AtomicInteger();
        List<String> stale = new ArrayList<>();
        ExecutorService readers = Executors.newFixedThreadPool(3);
        List<Future<?>> reading = new ArrayList<>();
        for (Cache<Integer> each : List.of(cache, tagged, listed)) {
            reading.add(readers.submit(() -> {
                for (int i = 0; !stop.get(); i = (i + 1) % 200) {
                    String key = "k" + i;
                    reads.incrementAndGet();
                    Fetched<Integer> read = each.fetch(key, () -> database.get(key));
                    if (read.value().orElseThrow() != 2) {
                        synchronized (stale) {
                            stale.add(each.name() + " " + key + " " + read.source());
                        }
                    }
                }
            }));
        }
        outage.end(server);
        await().atMost(Duration.ofSeconds(30)).until(() -> here.caches.unconfirmedInvalidations() == 0);
        int confirmed = reads.get();
        await().until(() -> reads.get() > confirmed + 1_000);
        stop.set(true);
        for (Future<?> each : reading) {
            each.get();
        }
        readers.shutdown();
        assertThat(stale).isEmpty();
        assertThat(here.count(CacheEvent.INVALIDATION_REPLAYED)).isGreaterThanOrEqualTo(202);
        System.out.println(outage + ": " + reads + " reads around the return of the old data, none stale");

        try (CacheBench later = CacheBench.at(server.url())) {
            Cache<Integer> other = later.caches.cache("value", Integer.class).build();
            assertThat(other.getAll(old.keySet()).values()).allMatch(value -> value.orElseThrow() == 2);
        }
    }

    @Test
    void strictReadsAndWritesSayWhatHappened() {
        Cache<String> strict =
                here.caches.cache("strict", String.class).strict().build();
        Cache<String> open = here.caches.cache("open", String.class).build();
        server.kill();
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> strict.get("1"));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> strict.exists("1"));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> strict.getAll(List.of(Key.of("1"))));
        assertThat(strict.get("1", () -> "loaded")).contains("loaded");
        assertThat(open.get("1").isHit()).isFalse();
        assertThat(open.exists("1")).isFalse();
        assertThat(open.getAll(List.of(Key.of("1")))).isEmpty();
        assertThat(open.refresh("1", () -> "loaded")).contains("loaded");
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open.put("1", "x"));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open.warmUp("2", () -> "x"));
        Map<Key, String> many = new HashMap<>();
        IntStream.range(0, 600).forEach(i -> many.put(Key.of("many", "" + i), "x"));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open.putAll(many));
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> open.invalidateAll(List.of(Key.of("4"))));
        assertThatExceptionOfType(StoreException.class).isThrownBy(open::clear);
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> here.caches.invalidateTag("t"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> open.get("5", () -> {
                    throw new IOException("database gone");
                }));
        assertThat(here.caches.unconfirmedInvalidations()).isEqualTo(605);
    }

    @Test
    void theInvalidatorNeverFailsAWrite() {
        Cache<String> users = here.caches.cache("user", String.class).build();
        there.caches.cache("user", String.class).build().put("1", "old");
        Invalidator invalidator = Invalidator.builder()
                .entity("user", rules -> rules.entry(users).listsTagged(here.caches, "lists"))
                .build();
        server.kill();
        invalidator.afterUpdate("user", "1");
        assertThat(here.caches.unconfirmedInvalidations()).isEqualTo(2);
        server.restart(RedisServer.Data.KEEP);
        assertThat(users.get("1", () -> "new")).contains("new");
        await().until(() -> here.caches.unconfirmedInvalidations() == 0);
        assertThat(users.get("1", () -> "new")).contains("new");
        await().until(() -> users.fetch("1", () -> "new").source() == Source.HIT);
        assertThat(users.get("1").value()).contains("new");
    }

    @Test
    void oneLoadServesAllThreadsWithoutRedisUntilSomethingIsInvalidated() throws Exception {
        Cache<String> cache = here.caches.cache("value", String.class).build();
        server.kill();
        await().until(() -> !here.redis.available());
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService readers = Executors.newFixedThreadPool(9);
        List<Future<Optional<String>>> early = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            early.add(readers.submit(() -> cache.get("1", () -> {
                loads.incrementAndGet();
                go.await();
                return "old";
            })));
        }
        await().until(() -> loads.get() == 1 && here.count(CacheEvent.BYPASS) >= 8);
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> cache.invalidate("1"));
        assertThat(readers.submit(() -> cache.get("1", () -> "new")).get()).contains("new");
        go.countDown();
        for (Future<Optional<String>> each : early) {
            assertThat(each.get()).contains("old");
        }
        assertThat(loads).hasValue(1);
        readers.shutdown();
    }
}
