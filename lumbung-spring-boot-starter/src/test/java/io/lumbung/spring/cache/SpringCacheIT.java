package io.lumbung.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.Lumbung;
import io.lumbung.embedded.RedisServer;
import io.lumbung.spring.cache.Catalog.Item;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.Cache.ValueWrapper;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachingConfigurer;

class SpringCacheIT {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Item ITEM = new Item("a", 1);
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void loadsOnceAndLearnsTheTypeFromTheMethod() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);

            assertThat(catalog.find("a")).isEqualTo(ITEM);
            assertThat(catalog.find("a")).isEqualTo(ITEM);
            assertThat(catalog.shelf().loads).hasValue(1);
            assertThat(stored(context, "items:a")).endsWith("{\"id\":\"a\",\"price\":1}");
        });
    }

    @Test
    void keepsListsByAllTheirArguments() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);

            assertThat(catalog.list("a:b", 1)).containsExactly(ITEM);
            assertThat(catalog.list("a:b", 1)).containsExactly(ITEM);
            assertThat(catalog.list(null, 1)).containsExactly(ITEM);
            assertThat(catalog.shelf().loads).hasValue(2);
            assertThat(stored(context, "lists:a%3Ab:1")).isNotNull();
        });
    }

    @Test
    void oneThreadOfOneProcessLoadsWithoutAnybodySayingSync() {
        ApplicationContextRunner application = CacheApplication.on(server);
        application.run(first -> application.run(second -> {
            assertThat(first.getBean(Lumbung.class).config())
                    .isEqualTo(second.getBean(Lumbung.class).config());
            List<Catalog> catalogs = List.of(catalog(first, ITEM), catalog(second, ITEM));
            CountDownLatch waiting = new CountDownLatch(1);
            catalogs.forEach(catalog -> catalog.shelf().whileLoading = () -> awaitQuietly(waiting));

            List<Item> answers =
                    together(24, waiting, index -> catalogs.get(index % 2).find("a"));

            assertThat(answers).hasSize(24).containsOnly(ITEM);
            assertThat(catalogs.get(0).shelf().loads.get()
                            + catalogs.get(1).shelf().loads.get())
                    .isEqualTo(1);
        }));
    }

    @Test
    void aFutureIsLoadedOnceToo() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);
            CountDownLatch waiting = new CountDownLatch(1);
            catalog.shelf().whileLoading = () -> awaitQuietly(waiting);

            List<Item> answers =
                    together(8, waiting, index -> catalog.findLater("a").get(10, TimeUnit.SECONDS));

            assertThat(answers).hasSize(8).containsOnly(ITEM);
            assertThat(catalog.shelf().loads).hasValue(1);
            assertThat(catalog.findLater("a").get(10, TimeUnit.SECONDS)).isEqualTo(ITEM);
            assertThat(catalog.shelf().loads).hasValue(1);
        });
    }

    @Test
    void anOldValueReadBeforeAnEvictionIsNeverStoredAfterIt() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);
            Item changed = new Item("a", 2);
            Cache items = items(context);
            catalog.shelf().whileLoading = () -> {
                catalog.shelf().whileLoading = () -> {};
                catalog.shelf().source.put("a", changed);
                inAnotherThread(() -> items.evict("a"));
            };

            assertThat(catalog.find("a")).isEqualTo(ITEM);
            assertThat(catalog.find("a")).isEqualTo(changed);

            catalog.drop("a");
            catalog.shelf().source.put("a", ITEM);
            catalog.shelf().whileLoading = () -> {
                catalog.shelf().whileLoading = () -> {};
                catalog.shelf().source.put("a", changed);
                inAnotherThread(() -> items.evict("a"));
            };
            assertThat(catalog.findUnlessNull("a")).isEqualTo(ITEM);
            assertThat(catalog.find("a")).isEqualTo(changed);
        });
    }

    @Test
    void whatTheLoaderThrowsReachesItsCaller() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);

            assertThatThrownBy(() -> catalog.failingFor("x", () -> new IOException("checked")))
                    .isExactlyInstanceOf(IOException.class)
                    .hasMessage("checked");
            assertThatThrownBy(() -> catalog.failingFor("x", () -> new IllegalStateException("unchecked")))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("unchecked");
            assertThat(catalog.shelf().loads).hasValue(2);
            Cache items = items(context);
            assertThatThrownBy(() -> items.get("x", () -> {
                        throw new IOException("direct");
                    }))
                    .isExactlyInstanceOf(ValueRetrievalException.class)
                    .hasCauseExactlyInstanceOf(IOException.class);
            assertThatThrownBy(() -> items.retrieve("x", () -> CompletableFuture.failedFuture(new IOException("later")))
                            .get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseExactlyInstanceOf(IOException.class);
            assertThatThrownBy(() -> items.retrieve("x", () -> {
                                throw new CompletionException("at once", null);
                            })
                            .get(10, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class);
        });
    }

    @Test
    void anAbsentValueIsNotStoredUnlessTheCacheIsToldTo() {
        run(context -> {
            Catalog catalog = catalog(context);
            assertThat(catalog.find("none")).isNull();
            assertThat(catalog.find("none")).isNull();
            assertThat(catalog.findOptional("none")).isEmpty();
            assertThat(catalog.findUnlessNull("none")).isNull();
            assertThat(catalog.shelf().loads).hasValue(4);
        });
        CacheApplication.on(server)
                .withPropertyValues("lumbung.spring-cache.caches.items.nulls=30s")
                .run(context -> {
                    Catalog catalog = catalog(context);
                    assertThat(catalog.find("none")).isNull();
                    assertThat(catalog.find("none")).isNull();
                    assertThat(catalog.findOptional("none")).isEmpty();
                    assertThat(catalog.shelf().loads).hasValue(1);
                    assertThat(items(context).get("none"))
                            .isNotNull()
                            .extracting(ValueWrapper::get)
                            .isNull();
                    assertThat(remaining(context, "items:none")).isBetween(1L, 30_000L);

                    items(context).put("put", null);
                    assertThat(items(context).get("put")).isNotNull();
                });
    }

    @Test
    void aConditionOnTheResultStillDecides() {
        run(context -> {
            Catalog catalog = catalog(context, new Item("a", -1));
            catalog.findUnlessNegative("a");
            catalog.findUnlessNegative("a");
            assertThat(catalog.shelf().loads).hasValue(2);

            catalog.shelf().source.put("a", ITEM);
            catalog.findUnlessNegative("a");
            catalog.findUnlessNegative("a");
            assertThat(catalog.shelf().loads).hasValue(3);
        });
    }

    @Test
    void savingReplacesAndDroppingDrops() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);
            catalog.find("a");

            catalog.save(new Item("a", 5));
            assertThat(catalog.find("a")).isEqualTo(new Item("a", 5));
            assertThat(catalog.shelf().loads).hasValue(1);

            catalog.drop("a");
            assertThat(catalog.find("a")).isNull();
        });
    }

    @Test
    void evictingBeforeTheMethodHappensEvenIfItFails() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);
            catalog.find("a");

            assertThatIllegalStateException().isThrownBy(() -> catalog.dropFirst("a"));

            assertThat(items(context).get("a")).isNull();
        });
    }

    @Test
    void allEntriesGoTogether() {
        run(this::dropsAll);
    }

    @Test
    void allEntriesOfATaggedCacheGoInOneStep() {
        CacheApplication.on(server)
                .withPropertyValues("lumbung.spring-cache.defaults.tagged=true")
                .run(this::dropsAll);
    }

    private void dropsAll(AssertableApplicationContext context) {
        Catalog catalog = catalog(context, ITEM, new Item("b", 2));
        catalog.find("a");
        catalog.find("b");

        catalog.dropAll();

        assertThat(items(context).get("a")).isNull();
        assertThat(items(context).get("b")).isNull();
        assertThat(items(context).invalidate()).isIn(true, false);
    }

    @Test
    void aProcessThatOnlyEvictsNeedsNoType() {
        ApplicationContextRunner application = CacheApplication.on(server);
        application.run(reader -> application.run(writer -> {
            Catalog reads = catalog(reader, ITEM);
            Catalog writes = catalog(writer);
            reads.find("a");
            reads.shelf().source.remove("a");

            writes.drop("a");
            assertThat(reads.find("a")).isNull();

            writes.dropAll();
            assertThat(items(writer).evictIfPresent("a")).isFalse();
        }));
    }

    @Test
    void twoTypesInOneCacheAreRefused() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);
            catalog.find("a");

            assertThatIllegalStateException()
                    .isThrownBy(() -> catalog.otherType("a"))
                    .withMessageContaining("Catalog.find")
                    .withMessageContaining("Catalog.otherType")
                    .withMessageContaining("one type");
        });
    }

    @Test
    void anUnknownTypeIsRefusedWithTheSettingToUse() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);
            assertThatIllegalStateException()
                    .isThrownBy(() -> catalog.anything("a"))
                    .withMessageContaining("lumbung.spring-cache.caches.anything.type");
        });
        CacheApplication.on(server)
                .withPropertyValues("lumbung.spring-cache.caches.anything.type=" + Item.class.getName())
                .run(context -> {
                    Catalog catalog = catalog(context, ITEM);
                    assertThat(catalog.anything("a")).isEqualTo(ITEM);
                    assertThat(catalog.anything("a")).isEqualTo(ITEM);
                    assertThat(catalog.shelf().loads).hasValue(1);
                });
    }

    @Test
    void whatCannotBeDecodedIsAMiss() {
        run(context -> {
            Catalog catalog = catalog(context, ITEM);
            catalog.find("a");
            server.command("SET", prefix(context) + ":items:a", "\u00ac\u00ed not ours");

            assertThat(items(context).get("a")).isNull();
            assertThat(catalog.find("a")).isEqualTo(ITEM);
            assertThat(catalog.shelf().loads).hasValue(2);
        });
    }

    @Test
    void aValueThatIsTooLargeIsReturnedAndNotStored() {
        CacheApplication.on(server)
                .withPropertyValues("lumbung.spring-cache.caches.items.max-value-size=5B")
                .run(context -> {
                    Catalog catalog = catalog(context, ITEM);
                    assertThat(catalog.find("a")).isEqualTo(ITEM);
                    assertThat(catalog.save(new Item("a", 5))).isEqualTo(new Item("a", 5));
                    assertThat(items(context).get("a")).isNull();
                });
    }

    @Test
    void withoutRedisEverythingGoesToTheSource() {
        try (RedisServer own = RedisServer.builder().start()) {
            CacheApplication.on(own).run(context -> {
                Catalog catalog = catalog(context, ITEM);
                catalog.find("a");
                own.kill();

                assertThat(catalog.find("a")).isEqualTo(ITEM);
                assertThat(catalog.findUnlessNegative("a")).isEqualTo(ITEM);
                assertThat(catalog.findLater("a").get(10, TimeUnit.SECONDS)).isEqualTo(ITEM);
                catalog.save(new Item("a", 2));
                assertThat(catalog.find("a")).isEqualTo(new Item("a", 2));
                catalog.drop("a");
                catalog.dropAll();
                assertThat(items(context).evictIfPresent("a")).isFalse();
                assertThat(items(context).invalidate()).isFalse();

                own.restart(RedisServer.Data.KEEP);
                await().atMost(SOON)
                        .until(() -> context.getBean(Lumbung.class).health().isHealthy());
                assertThat(catalog.find("a"))
                        .as("the old entry does not come back")
                        .isNull();
            });
        }
    }

    @Test
    void theCacheCanBeUsedDirectly() {
        CacheApplication.on(server)
                .withPropertyValues("lumbung.spring-cache.caches.items.type=" + Item.class.getName())
                .run(context -> {
                    Cache items = items(context);
                    assertThat(items.getName()).isEqualTo("items");
                    assertThat(items.getNativeCache()).isInstanceOf(io.lumbung.cache.Cache.class);
                    assertThat(items.get("a")).isNull();
                    assertThat(items.retrieve("a").get(10, TimeUnit.SECONDS)).isNull();
                    assertThat(items.putIfAbsent("a", ITEM)).isNull();
                    assertThat(items.putIfAbsent("a", new Item("a", 9)))
                            .isNotNull()
                            .extracting(ValueWrapper::get)
                            .isEqualTo(ITEM);
                    assertThat(items.get("a", Item.class)).isEqualTo(ITEM);
                    assertThat(items.retrieve("a").get(10, TimeUnit.SECONDS))
                            .isInstanceOfSatisfying(
                                    ValueWrapper.class,
                                    found -> assertThat(found.get()).isEqualTo(ITEM));
                    assertThatIllegalStateException()
                            .isThrownBy(() -> items.get("a", String.class))
                            .withMessageContaining("java.lang.String");
                    assertThat(items.evictIfPresent("a")).isTrue();
                    assertThat(items.evictIfPresent("a")).isFalse();
                    items.put("a", ITEM);
                    items.put("a", null);
                    assertThat(items.get("a")).isNull();
                });
    }

    @Test
    void theApplicationsOwnCachingConfigurerIsLeftAlone() {
        CacheApplication.on(server)
                .withBean(CachingConfigurer.class, () -> new CachingConfigurer() {})
                .withPropertyValues("lumbung.spring-cache.caches.items.type=" + Item.class.getName())
                .run(context -> {
                    Catalog catalog = catalog(context, ITEM);
                    catalog.find("a");
                    catalog.find("a");
                    catalog.findInOneStep("a");
                    assertThat(catalog.shelf().loads).hasValue(1);
                    assertThat(context).doesNotHaveBean("lumbungCachingConfigurer");
                });
    }

    private static void run(ContextConsumer<AssertableApplicationContext> test) {
        CacheApplication.on(server).run(test);
    }

    static Catalog catalog(AssertableApplicationContext context, Item... items) {
        Catalog catalog = context.getBean(Catalog.class);
        for (Item item : items) {
            catalog.shelf().source.put(item.id(), item);
        }
        return catalog;
    }

    private static Cache items(AssertableApplicationContext context) {
        return context.getBean(CacheManager.class).getCache("items");
    }

    private static String prefix(AssertableApplicationContext context) {
        return context.getBean(Lumbung.class).config().keyPrefix();
    }

    private static String stored(AssertableApplicationContext context, String key) {
        Object value = server.command("GET", prefix(context) + ":" + key);
        return value == null ? null : value.toString();
    }

    private static long remaining(AssertableApplicationContext context, String key) {
        return (long) server.command("PTTL", prefix(context) + ":" + key);
    }

    private interface Reader {
        Item read(int index) throws Exception;
    }

    /** All start before any may finish loading. */
    private static List<Item> together(int threads, CountDownLatch loaded, Reader reader) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch started = new CountDownLatch(threads);
            List<Future<Item>> answers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int index = i;
                answers.add(pool.submit(() -> {
                    started.countDown();
                    return reader.read(index);
                }));
            }
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
            loaded.countDown();
            List<Item> items = new ArrayList<>();
            for (Future<Item> answer : answers) {
                items.add(answer.get(20, TimeUnit.SECONDS));
            }
            return items;
        } finally {
            pool.shutdownNow();
        }
    }

    private static void inAnotherThread(Runnable task) {
        AtomicInteger done = new AtomicInteger();
        Thread thread = new Thread(() -> {
            task.run();
            done.incrementAndGet();
        });
        thread.start();
        try {
            thread.join(10_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(done).hasValue(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
