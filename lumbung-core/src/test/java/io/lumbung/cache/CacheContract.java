package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.lumbung.codec.JsonText;
import io.lumbung.codec.TypeRef;
import io.lumbung.error.CodecException;
import io.lumbung.key.Key;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation.CacheEvent;
import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every cache promises, whatever Redis it stands on. Every test uses a cache of its own. */
interface CacheContract {
    record User(String name, int age) {}

    User ANA = new User("Ana", 31);
    User BEN = new User("Ben", 27);

    /** This process. */
    CacheBench here();

    /** Another process on the same Redis. */
    CacheBench there();

    private static String fresh() {
        return "t" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong(), 36);
    }

    private CacheBuilder<User> users(String name) {
        return here().caches.cache(name, User.class);
    }

    private Cache<User> users() {
        return users(fresh()).build();
    }

    private Cache<User> other(Cache<User> same) {
        return there().caches.cache(same.name(), User.class).build();
    }

    private StoreKey valueKey(Cache<?> cache, String id) {
        return here().valueKey(cache.name(), Key.of(id));
    }

    private StoreKey leaseKey(Cache<?> cache, String id) {
        return here().keys.cacheLease(valueKey(cache, id));
    }

    // Reading and writing

    @Test
    default void missesWhatWasNeverStored() {
        Cache<User> cache = users();
        assertThat(cache.get("1")).isEqualTo(new Cached.Miss<>());
        assertThat(cache.exists("1")).isFalse();
    }

    @Test
    default void returnsWhatWasPut() {
        Cache<User> cache = users();
        cache.put("1", ANA);
        assertThat(cache.get("1")).isEqualTo(new Cached.Hit<>(Optional.of(ANA)));
        assertThat(cache.exists("1")).isTrue();
        assertThat(other(cache).get("1").value()).contains(ANA);
    }

    @Test
    default void replacesWhatWasPut() {
        Cache<User> cache = users();
        cache.put("1", ANA);
        cache.put("1", BEN);
        assertThat(cache.get("1").value()).contains(BEN);
    }

    @Test
    default void loadsOnceThenHits() throws IOException {
        Cache<User> cache = users();
        AtomicInteger loads = new AtomicInteger();
        Loader<User, IOException> loader = () -> {
            loads.incrementAndGet();
            return ANA;
        };
        assertThat(cache.fetch("1", loader)).isEqualTo(new Fetched<>(Optional.of(ANA), Source.LOADED));
        assertThat(cache.fetch("1", loader)).isEqualTo(new Fetched<>(Optional.of(ANA), Source.HIT));
        assertThat(other(cache).get("1", loader)).contains(ANA);
        assertThat(loads).hasValue(1);
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
    }

    @Test
    default void keepsTheEntryUnderItsReadableKey() {
        Cache<User> cache = users();
        cache.put(Key.of("list").then("p1"), ANA);
        String stored = here().raw(here().valueKey(cache.name(), Key.parse("list:p1")));
        assertThat(stored).matches("LB1 v [\\w-]{11} 0 0 - -\\n\\{\"name\":\"Ana\",\"age\":31}");
    }

    @Test
    default void keepsUserInputInsideItsKey() {
        Cache<User> cache = users();
        for (String id : List.of("a:b", "{x}", "*", "100%", "été 🙂", "line\nbreak", "  ")) {
            cache.put(id, ANA);
            assertThat(cache.get(id).value()).contains(ANA);
            assertThat(cache.invalidate(id)).isTrue();
            assertThat(cache.get(id).isHit()).isFalse();
        }
        cache.put(Key.of("a", "b"), ANA);
        assertThat(cache.get("a:b").isHit()).isFalse();
    }

    @Test
    default void keepsGenericTypesDatesAndIds() {
        Cache<Map<String, List<OffsetDateTime>>> cache = here().caches
                .cache(fresh(), new TypeRef<Map<String, List<OffsetDateTime>>>() {})
                .build();
        Map<String, List<OffsetDateTime>> value = Map.of("x", List.of(OffsetDateTime.parse("2026-11-20T10:15:30Z")));
        cache.put("1", value);
        assertThat(cache.get("1").value()).contains(value);
        assertThat(here().raw(valueKey(cache, "1"))).contains("\"2026-11-20T10:15:30Z\"");

        Cache<UUID> ids = here().caches.cache(fresh(), UUID.class).build();
        UUID id = UUID.randomUUID();
        ids.put("1", id);
        assertThat(ids.get("1").value()).contains(id);
        assertThat(here().raw(valueKey(ids, "1"))).endsWith("\"" + id + "\"");
    }

    @Test
    default void returnsOnAMissWhatAHitWouldReturn() {
        Cache<Object> cache = here().caches.cache(fresh(), Object.class).build();
        record Point(int x) {}
        Object loaded = cache.get("1", () -> new Point(3)).orElseThrow();
        assertThat(loaded)
                .isEqualTo(Map.of("x", 3))
                .isEqualTo(cache.get("1").value().orElseThrow());
    }

    @Test
    default void givesEveryCallerItsOwnCopy() {
        Cache<List<String>> cache =
                here().caches.cache(fresh(), new TypeRef<List<String>>() {}).build();
        List<String> loaded = new ArrayList<>(List.of("a"));
        cache.get("1", () -> loaded).orElseThrow().add("b");
        assertThat(loaded).containsExactly("a");
        assertThat(cache.get("1").value()).contains(List.of("a"));
    }

    @Test
    default void readsManyInOneGo() {
        Cache<User> cache = users(fresh()).nulls(Duration.ofMinutes(1)).build();
        Map<Key, User> some = new LinkedHashMap<>();
        IntStream.range(0, 600).forEach(i -> some.put(Key.of("u" + i), new User("n" + i, i)));
        cache.putAll(some);
        cache.put("none", null);
        List<Key> asked = new ArrayList<>(some.keySet());
        asked.add(Key.of("none"));
        asked.add(Key.of("missing"));
        Map<Key, Optional<User>> found = cache.getAll(asked);
        assertThat(found).hasSize(601).containsEntry(Key.of("none"), Optional.empty());
        some.forEach((key, user) -> assertThat(found).containsEntry(key, Optional.of(user)));
        assertThat(cache.getAll(List.of())).isEmpty();
    }

    // Nulls

    @Test
    default void doesNotStoreAbsenceUnlessToldTo() {
        Cache<User> cache = users();
        AtomicInteger loads = new AtomicInteger();
        Loader<User, RuntimeException> nobody = () -> {
            loads.incrementAndGet();
            return null;
        };
        assertThat(cache.fetch("1", nobody)).isEqualTo(new Fetched<>(Optional.empty(), Source.LOADED));
        assertThat(cache.get("1", nobody)).isEmpty();
        assertThat(loads).hasValue(2);
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.put("1", null))
                .withMessageContaining("nulls(ttl)");
    }

    @Test
    default void storesAbsenceForItsOwnTime() {
        Cache<User> cache =
                users(fresh()).nulls(Duration.ofSeconds(7)).jitter(0).build();
        assertThat(cache.fetch("1", () -> null).source()).isEqualTo(Source.LOADED);
        assertThat(cache.fetch("1", () -> ANA)).isEqualTo(new Fetched<>(Optional.empty(), Source.HIT));
        assertThat(cache.get("1")).isEqualTo(new Cached.Hit<>(Optional.empty()));
        assertThat(here().pttl(valueKey(cache, "1"))).isBetween(1L, 7_000L);
        assertThat(here().raw(valueKey(cache, "1"))).matches("LB1 n [\\w-]{11} 0 0 - -\\nnull");
        cache.invalidate("1");
        assertThat(cache.get("1", () -> ANA)).contains(ANA);
    }

    // Times

    @Test
    default void livesForItsTimeOrALittleShorter() {
        Cache<User> exact = users(fresh()).ttl(Duration.ofMinutes(10)).jitter(0).build();
        exact.put("1", ANA);
        assertThat(here().pttl(valueKey(exact, "1"))).isBetween(590_000L, 600_000L);
        exact.put("2", ANA, Duration.ofSeconds(20));
        assertThat(here().pttl(valueKey(exact, "2"))).isBetween(15_000L, 20_000L);
        exact.get("3", Duration.ofSeconds(20), () -> ANA);
        assertThat(here().pttl(valueKey(exact, "3"))).isBetween(15_000L, 20_000L);

        Cache<User> jittered =
                users(fresh()).ttl(Duration.ofMinutes(10)).jitter(0.5).build();
        List<Long> lives = IntStream.range(0, 20)
                .mapToObj(i -> {
                    jittered.put("u" + i, ANA);
                    return here().pttl(valueKey(jittered, "u" + i));
                })
                .toList();
        assertThat(lives).allSatisfy(life -> assertThat(life).isBetween(290_000L, 600_000L));
        assertThat(lives.stream().mapToLong(l -> l / 1000).distinct().count()).isGreaterThan(5);
    }

    @Test
    default void forgetsWhenTheTimeIsOver() {
        Cache<User> cache = users();
        cache.put("1", ANA, Duration.ofMillis(30));
        await().until(() -> !cache.get("1").isHit());
    }

    @Test
    default void refusesTimesThatAreNone() {
        Cache<User> cache = users();
        for (Duration wrong : List.of(
                Duration.ZERO,
                Duration.ofMillis(-1),
                Duration.ofNanos(999_999),
                Duration.ofHours(24).plusMillis(1),
                Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException().isThrownBy(() -> cache.put("1", ANA, wrong));
            assertThatIllegalArgumentException().isThrownBy(() -> cache.get("1", wrong, () -> ANA));
            assertThatIllegalArgumentException().isThrownBy(() -> cache.warmUp(Key.of("1"), wrong, () -> ANA));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> users(fresh()).ttl(wrong).build());
            assertThatIllegalArgumentException().isThrownBy(() -> users(fresh()).nulls(wrong));
        }
        assertThat(cache.exists("1")).isFalse();
    }

    // Invalidating

    @Test
    default void saysWhetherItInvalidatedSomething() {
        Cache<User> cache = users();
        cache.put("1", ANA);
        assertThat(other(cache).invalidate("1")).isTrue();
        assertThat(cache.invalidate("1")).isFalse();
        assertThat(cache.get("1").isHit()).isFalse();
    }

    @Test
    default void countsWhatItInvalidated() {
        Cache<User> cache = users();
        IntStream.range(0, 300).forEach(i -> cache.put("u" + i, ANA));
        List<Key> keys = new ArrayList<>();
        IntStream.range(0, 400).forEach(i -> keys.add(Key.of("u" + i)));
        keys.add(Key.of("u0"));
        assertThat(cache.invalidateAll(keys)).isEqualTo(300);
        assertThat(cache.getAll(keys)).isEmpty();
        assertThat(cache.invalidateAll(List.of())).isZero();
    }

    @Test
    default void deletesByPattern() {
        Cache<User> cache = users();
        Cache<User> neighbour = users();
        for (Cache<User> each : List.of(cache, neighbour)) {
            IntStream.range(0, 250).forEach(i -> each.put(Key.parse("list:p" + i), ANA));
            each.put(Key.of("list", "a*b"), ANA);
            each.put(Key.of("entry", "1"), ANA);
        }
        assertThat(cache.deletePattern("list:p1?")).isEqualTo(10);
        assertThat(cache.deletePattern("list:{}", "*")).isZero();
        assertThat(cache.deletePattern("list:{}", "a*b")).isEqualTo(1);
        assertThat(cache.deletePattern("list:*")).isEqualTo(240);
        assertThat(cache.exists(Key.of("entry", "1"))).isTrue();
        assertThat(cache.deletePattern("*")).isEqualTo(1);
        assertThat(neighbour.deletePrefix("list:")).isEqualTo(251);
        assertThat(neighbour.deletePrefix("*")).isZero();
        assertThat(neighbour.exists(Key.of("entry", "1"))).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> cache.deletePattern(""));
        assertThatIllegalArgumentException().isThrownBy(() -> cache.deletePattern("{}"));
    }

    @Test
    default void clearsWhatItHolds() {
        Cache<User> cache = users();
        Cache<User> neighbour = users();
        IntStream.range(0, 250).forEach(i -> cache.put("u" + i, ANA));
        neighbour.put("1", ANA);
        assertThat(cache.clear()).isEqualTo(OptionalLong.of(250));
        assertThat(cache.exists("u1")).isFalse();
        assertThat(neighbour.exists("1")).isTrue();
    }

    // Fences, step by step: somebody loads, and before the value is stored something happens

    @Test
    default void doesNotStoreWhatWasInvalidatedWhileItWasLoaded() {
        Cache<User> cache = users();
        assertThat(cache.fetch("1", () -> {
                    other(cache).invalidate("1");
                    return ANA;
                }))
                .isEqualTo(new Fetched<>(Optional.of(ANA), Source.LOADED));
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(here().events).contains(CacheEvent.FILL_REVOKED);
    }

    @Test
    default void doesNotOverwriteWhatWasPutWhileItWasLoaded() {
        Cache<User> cache = users();
        cache.get("1", () -> {
            other(cache).put("1", BEN);
            return ANA;
        });
        assertThat(cache.get("1").value()).contains(BEN);
    }

    @Test
    default void doesNotOverwriteWhatWasWarmedUpWhileItWasLoaded() {
        Cache<User> cache = users();
        cache.get("1", () -> {
            other(cache).warmUp("1", () -> BEN);
            return ANA;
        });
        assertThat(cache.get("1").value()).contains(BEN);
        cache.invalidate("1");
        cache.get("1", () -> {
            other(cache).refresh("1", () -> BEN);
            return ANA;
        });
        assertThat(cache.get("1").value()).contains(BEN);
    }

    @Test
    default void doesNotStoreWhatAPatternMeantWhileItWasLoaded() {
        Cache<User> cache = users();
        cache.get("1", () -> {
            assertThat(other(cache).deletePattern("?")).isZero();
            return ANA;
        });
        assertThat(cache.get("1").isHit()).isFalse();
        cache.get("1", () -> {
            other(cache).clear();
            return ANA;
        });
        assertThat(cache.get("1").isHit()).isFalse();
    }

    @Test
    default void aWarmUpDoesNotSurviveAnInvalidationEither() {
        Cache<User> cache = users();
        cache.put("1", BEN);
        cache.warmUp("1", () -> {
            other(cache).invalidate("1");
            return ANA;
        });
        assertThat(cache.get("1").isHit()).isFalse();
    }

    @Test
    default void doesNotStoreOnceTheLeaseIsLost() {
        Cache<User> cache = users();
        cache.get("1", () -> {
            assertThat(here().drop(leaseKey(cache, "1"))).isTrue();
            return ANA;
        });
        assertThat(cache.get("1").isHit()).isFalse();
    }

    @Test
    default void aWarmUpThatLostItsLeaseLeavesNoOldEntry() {
        Cache<User> cache = users();
        cache.put("1", ANA);
        cache.warmUp("1", () -> {
            assertThat(here().drop(leaseKey(cache, "1"))).isTrue();
            return BEN;
        });
        assertThat(cache.get("1").isHit()).isFalse();
    }

    @Test
    default void keepsTheLeaseOfASlowLoader() {
        Cache<User> cache = users();
        cache.get("1", () -> {
            String lease = here().raw(leaseKey(cache, "1"));
            assertThat(lease).matches("[\\w-]{11}");
            // Three times its life, seen as three renewals.
            for (int renewal = 0; renewal < 3; renewal++) {
                await().until(() -> here().pttl(leaseKey(cache, "1")) < 2_200);
                await().until(() -> here().pttl(leaseKey(cache, "1")) > 2_500);
            }
            assertThat(here().raw(leaseKey(cache, "1"))).isEqualTo(lease);
            return ANA;
        });
        assertThat(cache.get("1").value()).contains(ANA);
    }

    // Loader errors

    @Test
    default void passesOnTheLoadersErrorAndFreesTheLease() {
        Cache<User> cache = users();
        IOException gone = new IOException("database gone");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> cache.get("1", () -> {
                    assertThat(here().raw(leaseKey(cache, "1"))).isNotEmpty();
                    throw gone;
                }))
                .isSameAs(gone);
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
        assertThat(cache.fetch("1", () -> ANA).source()).isEqualTo(Source.LOADED);
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> cache.get("2", () -> {
                    throw new StackOverflowError();
                }));
        assertThat(here().raw(leaseKey(cache, "2"))).isEmpty();
    }

    @Test
    default void anInterruptedLoaderIsNotRunAgain() {
        Cache<User> cache = users();
        AtomicInteger loads = new AtomicInteger();
        assertThatExceptionOfType(InterruptedException.class)
                .isThrownBy(() -> cache.get("1", () -> {
                    loads.incrementAndGet();
                    throw new InterruptedException("the loader's own");
                }));
        assertThat(loads).hasValue(1);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
    }

    @Test
    default void keepsTheOldEntryWhenAWarmUpFails() {
        Cache<User> cache = users();
        cache.put("1", ANA);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> cache.warmUp("1", () -> {
                    throw new IOException("database gone");
                }));
        assertThat(cache.get("1").value()).contains(ANA);
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
    }

    @Test
    default void namesTheKeyOfALoaderThatAsksForItself() {
        Cache<User> cache = users();
        assertThatIllegalStateException()
                .isThrownBy(() -> cache.get("1", () -> cache.get("1", () -> ANA).orElseThrow()))
                .withMessageContaining("app:" + cache.name() + ":1");
        assertThatIllegalStateException()
                .isThrownBy(() -> cache.get(
                        "1",
                        () -> cache.get("2", () -> cache.get("1", () -> ANA).orElseThrow())
                                .orElseThrow()));
        assertThat(cache.get("1", () -> cache.get("2", () -> ANA).orElseThrow()))
                .contains(ANA);
    }

    // Warm-up and refresh

    @Test
    default void warmUpAlwaysRunsItsLoader() throws IOException {
        Cache<User> cache = users(fresh()).jitter(0).build();
        cache.put("1", ANA);
        Loader<User, IOException> loader = () -> {
            assertThat(cache.get("1").value())
                    .as("until then the old entry answers")
                    .contains(ANA);
            return BEN;
        };
        assertThat(cache.warmUp(Key.of("1"), Duration.ofSeconds(20), loader)).contains(BEN);
        assertThat(cache.get("1").value()).contains(BEN);
        assertThat(here().pttl(valueKey(cache, "1"))).isBetween(15_000L, 20_000L);
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
    }

    @Test
    default void warmUpWithNothingToStoreDropsTheEntry() {
        Cache<User> cache = users(fresh()).maxValueBytes(64).build();
        cache.put("1", ANA);
        assertThat(cache.warmUp("1", () -> null)).isEmpty();
        assertThat(cache.get("1").isHit()).isFalse();
        cache.put("1", ANA);
        assertThat(cache.refresh("1", () -> new User("x".repeat(100), 1))).isPresent();
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
    }

    @Test
    default void refreshReplaces() {
        Cache<User> cache = users();
        cache.put("1", ANA);
        assertThat(cache.refresh("1", () -> BEN)).contains(BEN);
        assertThat(other(cache).get("1").value()).contains(BEN);
    }

    // Sizes, foreign bytes

    @Test
    default void refusesToPutWhatIsTooLarge() {
        Cache<User> cache = users(fresh()).maxValueBytes(64).build();
        User large = new User("x".repeat(60), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.put("1", large))
                .withMessageContaining("79 bytes")
                .withMessageContaining("64");
        assertThatIllegalArgumentException().isThrownBy(() -> cache.putAll(Map.of(Key.of("1"), large)));
        assertThat(cache.fetch("1", () -> large)).isEqualTo(new Fetched<>(Optional.of(large), Source.LOADED));
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
        assertThat(here().events).contains(CacheEvent.TOO_LARGE);
    }

    @Test
    default void storesAMebibyte() {
        Cache<String> cache = here().caches.cache(fresh(), String.class).build();
        String most = "x".repeat(CacheDefaults.LARGEST_VALUE - 2);
        cache.put("1", most);
        assertThat(cache.get("1").value()).contains(most);
        assertThatIllegalArgumentException().isThrownBy(() -> cache.put("1", most + "x"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "garbage",
                "{\"name\":\"Ana\",\"age\":31}",
                "LB2 v AAAAAAAAAAA 0 0 - -\n{\"name\":\"Ana\",\"age\":31}",
                "LB1 v AAAAAAAAAAA 0 0 - -\n{\"name\":\"Ana\",\"age\":31}"
            })
    default void takesForeignBytesForAMissAndRepairsThem(String foreign) {
        Cache<User> cache = users();
        here().store(valueKey(cache, "1"), foreign);
        long before = here().count(CacheEvent.UNDECODABLE);
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(cache.exists("1")).isFalse();
        assertThat(cache.getAll(List.of(Key.of("1")))).isEmpty();
        assertThat(cache.fetch("1", () -> ANA).source()).isEqualTo(Source.LOADED);
        assertThat(cache.get("1").value()).contains(ANA);
        assertThat(here().count(CacheEvent.UNDECODABLE)).isGreaterThanOrEqualTo(before + 3);
    }

    @Test
    default void takesTheEntryOfAnotherKeyForAMiss() {
        Cache<User> cache = users();
        cache.put("1", ANA);
        here().store(valueKey(cache, "2"), here().raw(valueKey(cache, "1")));
        assertThat(cache.get("2").isHit()).isFalse();
    }

    @Test
    default void takesAnotherShapeOfTheValueForAMiss() {
        Cache<User> cache = users();
        cache.put("1", ANA);
        Cache<Integer> numbers =
                there().caches.cache(cache.name(), Integer.class).build();
        assertThat(numbers.get("1").isHit()).isFalse();
        assertThat(numbers.get("1", () -> 7)).contains(7);
        assertThat(numbers.get("1").value()).contains(7);
    }

    @Test
    default void readsPastAKeyOfAnotherType() {
        Cache<User> cache = users();
        here().push(valueKey(cache, "1"), "element");
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(cache.fetch("1", () -> ANA)).isEqualTo(new Fetched<>(Optional.of(ANA), Source.BYPASS));
        assertThat(cache.invalidate("1")).isTrue();
        assertThat(cache.fetch("1", () -> ANA).source()).isEqualTo(Source.LOADED);
    }

    @Test
    default void returnsUnstoredWhatCannotBeWritten() {
        Cache<Object> cache = here().caches.cache(fresh(), Object.class).build();
        Object self = new Object() {
            @SuppressWarnings("unused")
            public Object me() {
                return this;
            }

            @SuppressWarnings("unused")
            public Object getMe() {
                return this;
            }
        };
        assertThat(cache.get("1", () -> self)).contains(self);
        assertThat(cache.exists("1")).isFalse();
        assertThat(here().raw(leaseKey(cache, "1"))).isEmpty();
        assertThatExceptionOfType(CodecException.class).isThrownBy(() -> cache.put("1", self));
    }

    // Plain JSON

    @Test
    default void sharesPlainJsonWithOtherLanguages() {
        Cache<User> cache =
                users(fresh()).plainJson().nulls(Duration.ofMinutes(1)).build();
        cache.put("1", ANA);
        assertThat(here().raw(valueKey(cache, "1"))).isEqualTo("{\"name\":\"Ana\",\"age\":31}");
        here().store(valueKey(cache, "2"), " {\"age\": 27, \"name\": \"Ben\", \"more\": [1]} ");
        assertThat(cache.get("2").value()).contains(BEN);
        cache.put("3", null);
        assertThat(here().raw(valueKey(cache, "3"))).isEqualTo("null");
        assertThat(cache.get("3")).isEqualTo(new Cached.Hit<>(Optional.empty()));
        here().store(valueKey(cache, "4"), "{\"name\"");
        assertThat(cache.fetch("4", () -> ANA).source()).isEqualTo(Source.LOADED);
        assertThat(cache.get("4").value()).contains(ANA);
        cache.get("5", () -> {
            cache.invalidate("5");
            return ANA;
        });
        assertThat(cache.get("5").isHit()).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> cache.get("a:b")).withMessageContaining("plain JSON");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> users(fresh()).plainJson().tagged().build())
                .withMessageContaining("tags");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        here().caches.cache(fresh(), JsonText.class).plainJson().build())
                .withMessageContaining("JsonText");
    }

    // Tags

    @Test
    default void invalidatesEverythingThatCarriesATag() {
        String tag = fresh();
        Cache<User> cache =
                users(fresh()).tags(key -> List.of(tag, "k" + key.text() + tag)).build();
        Cache<User> lists = users(fresh()).tags(tag).build();
        Cache<User> untouched = users(fresh()).tags(tag + "x").build();
        cache.put("1", ANA);
        cache.put("2", ANA);
        cache.get("3", () -> ANA);
        lists.put("1", ANA);
        untouched.put("1", ANA);
        assertThat(here().raw(valueKey(cache, "1")))
                .matches("LB1 v [\\w-]{11} 0 0 [\\w-]{11} " + tag + "=[\\w-]{11},k1" + tag + "=[\\w-]{11}\\n\\{.*}");

        cache.invalidateTag("k1" + tag);
        assertThat(cache.exists("1")).isFalse();
        assertThat(cache.exists("2")).isTrue();
        there().caches.invalidateTag(tag);
        assertThat(cache.getAll(List.of(Key.of("1"), Key.of("2"), Key.of("3")))).isEmpty();
        assertThat(lists.get("1").isHit()).isFalse();
        assertThat(untouched.get("1").isHit()).isTrue();
        assertThat(cache.fetch("3", () -> BEN).source()).isEqualTo(Source.LOADED);
        assertThat(cache.get("3").value()).contains(BEN);
    }

    @Test
    default void clearsATaggedCacheAtOnce() {
        Cache<User> cache = users(fresh()).tagged().build();
        Cache<User> neighbour = users(fresh()).tagged().build();
        cache.put("1", ANA);
        neighbour.put("1", ANA);
        assertThat(cache.clear()).isEmpty();
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(neighbour.get("1").isHit()).isTrue();
        assertThat(cache.fetch("1", () -> BEN).source()).isEqualTo(Source.LOADED);
        assertThat(cache.fetch("1", () -> ANA)).isEqualTo(new Fetched<>(Optional.of(BEN), Source.HIT));
    }

    @Test
    default void losingATokenLosesEntriesNeverFreshness() {
        String tag = fresh();
        Cache<User> cache = users(fresh()).tags(tag).build();
        cache.put("1", ANA);
        here().drop(here().keys.tag(tag));
        assertThat(cache.get("1").isHit()).isFalse();
        cache.put("1", ANA);
        here().drop(here().keys.cacheNamespace(cache.name()));
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(cache.get("1", () -> BEN)).contains(BEN);
        assertThat(cache.get("1").value()).contains(BEN);
    }

    @Test
    default void doesNotServeWhatATagMeantWhileItWasLoaded() {
        String tag = fresh();
        Cache<User> cache = users(fresh()).tags(tag).build();
        cache.get("1", () -> {
            there().caches.invalidateTag(tag);
            return ANA;
        });
        assertThat(cache.get("1").isHit()).isFalse();
        cache.get("1", () -> {
            there().caches.invalidateTag(tag);
            return ANA;
        });
        assertThat(cache.get("1").isHit())
                .as("also when the token existed before")
                .isFalse();
        cache.get("1", () -> {
            cache.clear();
            return ANA;
        });
        assertThat(cache.get("1").isHit()).isFalse();
    }

    @Test
    default void learnsTagsWhileItLoads() {
        String author = fresh();
        Cache<User> cache =
                users(fresh()).tags(key -> List.of("declared-" + author)).build();
        Cache<User> other = there().caches
                .cache(cache.name(), User.class)
                .tags(key -> List.of("declared-" + author))
                .build();
        TaggingLoader<User, RuntimeException> loader = load -> {
            load.tag(author);
            load.tag(author);
            return ANA;
        };
        cache.fetchTagged(Key.of("1"), loader);
        assertThat(other.get("1").value())
                .as("a process that knows nothing of the tag yet")
                .contains(ANA);
        here().caches.invalidateTag(author);
        assertThat(cache.get("1").isHit()).isFalse();
        assertThat(other.get("1").isHit()).isFalse();
        other.fetchTagged(Key.of("1"), loader);
        assertThat(cache.get("1").isHit()).isTrue();
        cache.fetchTagged(Key.of("2"), load -> {
            load.tag(author);
            here().caches.invalidateTag(author);
            return ANA;
        });
        assertThat(cache.get("2").isHit()).isFalse();
    }

    @Test
    default void keepsStrangeTagsApart() {
        Cache<User> cache = users(fresh()).tagged().build();
        List<String> strange = List.of("a=b", "a,b", "-", "été\n", "100%", "{x}", "a b");
        cache.fetchTagged(Key.of("1"), load -> {
            strange.forEach(load::tag);
            return ANA;
        });
        assertThat(cache.get("1").isHit()).isTrue();
        for (String tag : strange) {
            cache.invalidateTag(tag);
            assertThat(cache.get("1").isHit()).isFalse();
            cache.fetchTagged(Key.of("1"), load -> {
                strange.forEach(load::tag);
                return ANA;
            });
            assertThat(cache.get("1").isHit()).isTrue();
        }
    }

    @Test
    default void refusesTooManyTagsAndTagsWhereThereAreNone() {
        Cache<User> plain = users();
        assertThatIllegalStateException().isThrownBy(() -> plain.invalidateTag("x"));
        assertThatIllegalStateException()
                .isThrownBy(() -> plain.fetchTagged(Key.of("1"), load -> {
                    load.tag("x");
                    return ANA;
                }));
        Cache<User> cache =
                users(fresh()).tags("a", "b", "c", "d", "e", "f", "g").build();
        cache.fetchTagged(Key.of("1"), load -> {
            load.tag("h");
            return ANA;
        });
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.fetchTagged(Key.of("2"), load -> {
                    load.tag("h");
                    load.tag("i");
                    return ANA;
                }))
                .withMessageContaining("8 tags");
        Cache<User> many =
                users(fresh()).tags("1", "2", "3", "4", "5", "6", "7", "8", "9").build();
        assertThatIllegalArgumentException().isThrownBy(() -> many.put("1", ANA));
        assertThatIllegalArgumentException().isThrownBy(() -> cache.invalidateTag(""));
    }

    @Test
    default void renewsTokensSoThatTheyOutliveTheirEntries() {
        String tag = fresh();
        Cache<User> cache = users(fresh()).tags(tag).build();
        cache.get("1", () -> ANA);
        StoreKey token = here().keys.tag(tag);
        long day = Duration.ofDays(1).toMillis();
        assertThat(here().pttl(token)).isGreaterThan(day);
        here().redis
                .call(
                        io.lumbung.redis.Command.on("test", "PEXPIRE", token, io.lumbung.redis.Reply::number, 60_000),
                        CacheBench.soon());
        assertThat(cache.get("1").isHit()).isTrue();
        cache.get("2", () -> ANA);
        assertThat(here().pttl(token)).isGreaterThan(day);
    }

    @Test
    default void revokesALoadInATaggedCacheToo() {
        Cache<User> cache = users(fresh()).tags("some").build();
        Cache<User> other =
                there().caches.cache(cache.name(), User.class).tags("some").build();
        cache.get("1", () -> {
            other.put("1", BEN);
            return ANA;
        });
        assertThat(cache.get("1").value()).contains(BEN);
    }

    // Waiting

    @Test
    default void waitsForAnotherProcessInsteadOfLoading() throws Exception {
        Cache<User> cache = users();
        Cache<User> other = other(cache);
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Optional<User>> first = async(() -> cache.get("1", () -> {
            loading.countDown();
            go.await();
            return ANA;
        }));
        loading.await();
        CompletableFuture<Fetched<User>> second = async(() -> other.fetch("1", () -> BEN));
        await().until(() -> here().raw(leaseKey(cache, "1")).endsWith("+"));
        go.countDown();
        assertThat(first.get(5, TimeUnit.SECONDS)).contains(ANA);
        assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(new Fetched<>(Optional.of(ANA), Source.SHARED));
    }

    @Test
    default void wakesWhoWaitsWhenTheLoaderFailsOrIsRevoked() throws Exception {
        for (boolean fail : new boolean[] {true, false}) {
            Cache<User> cache = users();
            Cache<User> other = other(cache);
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            CompletableFuture<Optional<User>> first = async(() -> cache.get("1", () -> {
                loading.countDown();
                go.await();
                throw new IOException("database gone");
            }));
            loading.await();
            CompletableFuture<Fetched<User>> second = async(() -> other.fetch("1", () -> BEN));
            await().until(() -> here().raw(leaseKey(cache, "1")).endsWith("+"));
            if (fail) {
                go.countDown();
            } else {
                other.invalidate("1");
            }
            assertThat(second.get(5, TimeUnit.SECONDS)).isEqualTo(new Fetched<>(Optional.of(BEN), Source.LOADED));
            go.countDown();
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> first.get(5, TimeUnit.SECONDS))
                    .withCauseInstanceOf(IOException.class);
            assertThat(cache.get("1").value()).contains(BEN);
        }
    }

    @Test
    default void sharesOneLoadAmongTheThreadsOfAProcess() throws Exception {
        for (boolean tagged : new boolean[] {false, true}) {
            CacheBuilder<User> builder = users(fresh());
            Cache<User> cache = (tagged ? builder.tagged() : builder).build();
            AtomicInteger loads = new AtomicInteger();
            CountDownLatch go = new CountDownLatch(1);
            List<CompletableFuture<Fetched<User>>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(async(() -> cache.fetch("1", () -> {
                    loads.incrementAndGet();
                    go.await();
                    return ANA;
                })));
            }
            await().until(() -> loads.get() == 1);
            go.countDown();
            for (CompletableFuture<Fetched<User>> each : all) {
                assertThat(each.get(5, TimeUnit.SECONDS).value()).contains(ANA);
            }
            assertThat(loads).hasValue(1);
        }
    }

    @Test
    default void givesJoinersTheSameErrorAndTheSameAbsence() throws Exception {
        Cache<User> cache = users();
        IOException gone = new IOException("database gone");
        List<CompletableFuture<Fetched<User>>> all = new ArrayList<>();
        AtomicInteger loads = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        for (int i = 0; i < 5; i++) {
            all.add(async(() -> cache.fetch("1", () -> {
                loads.incrementAndGet();
                go.await();
                throw gone;
            })));
        }
        await().until(() -> loads.get() == 1 && here().count(CacheEvent.MISS) + here().count(CacheEvent.HIT) >= 5);
        go.countDown();
        for (CompletableFuture<Fetched<User>> each : all) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> each.get(5, TimeUnit.SECONDS))
                    .withCause(gone);
        }
    }

    @Test
    default void doesNotFailWhoJoinedAnInterruptedLoad() throws Exception {
        Cache<User> cache = users();
        CountDownLatch loading = new CountDownLatch(1);
        AtomicReference<Thread> leader = new AtomicReference<>();
        CompletableFuture<Optional<User>> first = async(() -> cache.get("1", () -> {
            leader.set(Thread.currentThread());
            loading.countDown();
            new CountDownLatch(1).await();
            return ANA;
        }));
        loading.await();
        int before = here().events.size();
        CompletableFuture<Optional<User>> joiner = async(() -> cache.get("1", () -> BEN));
        await().until(() -> here().eventsSince(before).contains(CacheEvent.MISS));
        leader.get().interrupt();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> first.get(5, TimeUnit.SECONDS))
                .withCauseInstanceOf(InterruptedException.class);
        assertThat(joiner.get(5, TimeUnit.SECONDS)).contains(BEN);
    }

    @Test
    default void aReaderAfterALocalInvalidationDoesNotJoinAnOlderLoad() throws Exception {
        Cache<User> cache = users();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Optional<User>> old = async(() -> cache.get("1", () -> {
            loading.countDown();
            go.await();
            return ANA;
        }));
        loading.await();
        cache.invalidate("1");
        assertThat(cache.fetch("1", () -> BEN)).isEqualTo(new Fetched<>(Optional.of(BEN), Source.LOADED));
        go.countDown();
        assertThat(old.get(5, TimeUnit.SECONDS)).contains(ANA);
        assertThat(cache.get("1").value()).contains(BEN);
    }

    @Test
    default void aJoinerDoesNotBelieveARevokedLoad() throws Exception {
        Cache<User> cache = users();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicReference<User> database = new AtomicReference<>(ANA);
        CompletableFuture<Optional<User>> old = async(() -> cache.get("1", () -> {
            User read = database.get();
            loading.countDown();
            go.await();
            return read;
        }));
        loading.await();
        database.set(BEN);
        other(cache).invalidate("1");
        int before = here().events.size();
        CompletableFuture<Optional<User>> joiner = async(() -> cache.get("1", database::get));
        await().until(() -> here().eventsSince(before).contains(CacheEvent.MISS));
        go.countDown();
        assertThat(old.get(5, TimeUnit.SECONDS)).contains(ANA);
        assertThat(joiner.get(5, TimeUnit.SECONDS)).contains(BEN);
    }

    @Test
    default void loadsByItselfWhenOthersTakeTooLong() throws Exception {
        Cache<User> cache = users();
        Cache<User> impatient = there().caches
                .cache(cache.name(), User.class)
                .waitAtMost(Duration.ofMillis(50))
                .build();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Optional<User>> slow = async(() -> cache.get("1", () -> {
            loading.countDown();
            go.await();
            return ANA;
        }));
        loading.await();
        assertThat(impatient.fetch("1", () -> BEN)).isEqualTo(new Fetched<>(Optional.of(BEN), Source.BYPASS));
        go.countDown();
        assertThat(slow.get(5, TimeUnit.SECONDS)).contains(ANA);
        assertThat(cache.get("1").value()).contains(ANA);
    }

    @Test
    default void loadsByItselfWhenInterruptedWhileWaiting() throws Exception {
        Cache<User> cache = users();
        CountDownLatch loading = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Optional<User>> slow = async(() -> cache.get("1", () -> {
            loading.countDown();
            go.await();
            return ANA;
        }));
        loading.await();
        AtomicReference<Thread> waiting = new AtomicReference<>();
        CompletableFuture<Boolean> flag = async(() -> {
            waiting.set(Thread.currentThread());
            assertThat(cache.fetch("1", () -> BEN).source()).isEqualTo(Source.BYPASS);
            return Thread.currentThread().isInterrupted();
        });
        await().until(() -> waiting.get() != null && waiting.get().getState() == Thread.State.TIMED_WAITING);
        waiting.get().interrupt();
        assertThat(flag.get(5, TimeUnit.SECONDS)).isTrue();
        go.countDown();
        slow.get(5, TimeUnit.SECONDS);
    }

    // Declaring

    @Test
    default void isOneCacheHoweverOftenItIsDeclared() {
        String name = fresh();
        Cache<User> cache = users(name).ttl(Duration.ofMinutes(1)).build();
        assertThat(users(name).ttl(Duration.ofMinutes(1)).build()).isSameAs(cache);
        assertThatIllegalStateException()
                .isThrownBy(() -> users(name).ttl(Duration.ofMinutes(2)).build())
                .withMessageContaining(name);
        assertThatIllegalStateException()
                .isThrownBy(() -> here().caches.cache(name, String.class).build());
        assertThat(cache.name()).isEqualTo(name);
        assertThat(cache.ttl()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    default void isOneCacheAlsoWithTags() {
        String name = fresh();
        assertThat(users(name).tags("a", "b").build())
                .isSameAs(users(name).tags("a", "b").build());
    }

    @Test
    default void refusesATagWithoutAName() {
        Cache<User> cache = users(fresh()).tags("").build();
        assertThatIllegalArgumentException().isThrownBy(() -> cache.get("1"));
        assertThatIllegalArgumentException().isThrownBy(() -> cache.put("1", ANA));
    }

    @Test
    default void refusesSettingsOutOfRange() {
        for (String reserved : KeySpace.RESERVED) {
            assertThatIllegalArgumentException().isThrownBy(() -> users(reserved));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> users(""));
        assertThatIllegalArgumentException().isThrownBy(() -> users("a b"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> users(fresh()).jitter(1).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> users(fresh()).jitter(Double.NaN).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> users(fresh()).maxValueBytes(0).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> users(fresh())
                        .maxValueBytes(CacheDefaults.LARGEST_VALUE + 1)
                        .build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> users(fresh()).waitAtMost(Duration.ZERO).build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> users(fresh()).deadline(Duration.ofMillis(-1)).build());
    }

    @Test
    default void refusesKeysThatAreTooLongBeforeAsking() {
        Cache<User> cache = users();
        String most = "x".repeat(1024 - ("app:" + cache.name() + ":").length());
        assertThat(cache.get(most, () -> ANA)).contains(ANA);
        assertThat(cache.get(most).isHit()).isTrue();
        assertThat(cache.deletePattern("x*")).isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.get(most + "x"))
                .withMessageContaining("Key.hashed");
        assertThatIllegalArgumentException().isThrownBy(() -> cache.get(""));
        assertThatCode(() -> cache.get(Key.hashed(most + "x"))).doesNotThrowAnyException();
    }

    private static <T> CompletableFuture<T> async(java.util.concurrent.Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        CacheBench.daemon(
                        () -> {
                            try {
                                result.complete(task.call());
                            } catch (Throwable e) {
                                result.completeExceptionally(e);
                            }
                        },
                        "caller")
                .start();
        return result;
    }
}
