package io.lumbung.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.Lumbung;
import io.lumbung.embedded.RedisServer;
import io.lumbung.error.StoreException;
import io.lumbung.spring.cache.Catalog.Item;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;

class SpringCachePropertiesIT {
    private static final String ITEMS = "lumbung.spring-cache.caches.items.";
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
    void anEntryLivesAsLongAsItsCacheSays() {
        with(ITEMS + "ttl=1m30s", ITEMS + "jitter=0").run(context -> {
            items(context).put("a", ITEM);
            assertThat(remaining(context, "items:a")).isBetween(80_000L, 90_000L);
        });
    }

    @Test
    void aCacheThatSaysNothingTakesTheDefaultsAndThoseTakeLumbungsOwn() {
        with("lumbung.spring-cache.defaults.ttl=PT2M", "lumbung.spring-cache.defaults.jitter=0")
                .run(context -> {
                    items(context).put("a", ITEM);
                    assertThat(remaining(context, "items:a")).isBetween(110_000L, 120_000L);
                });
        with("lumbung.cache.default-ttl=7m").run(context -> {
            items(context).put("a", ITEM);
            assertThat(remaining(context, "items:a")).isBetween(360_000L, 420_000L);
        });
    }

    @Test
    void aCachesOwnWordWinsOverTheDefaults() {
        with("lumbung.spring-cache.defaults.tagged=true", ITEMS + "tagged=false")
                .run(context -> {
                    items(context).put("a", ITEM);
                    items(context).clear();
                    assertThat(server.command("EXISTS", prefix(context) + ":cache:items"))
                            .as("an untagged cache has no token")
                            .isEqualTo(0L);
                });
    }

    @Test
    void nullsAreKeptForTheirOwnTime() {
        with(ITEMS + "nulls=20s", ITEMS + "jitter=0").run(context -> {
            items(context).put("a", null);
            assertThat(remaining(context, "items:a")).isBetween(10_000L, 20_000L);
        });
        with("lumbung.spring-cache.defaults.nulls=20s").run(context -> {
            items(context).put("a", null);
            assertThat(items(context).get("a")).isNotNull();
        });
    }

    @Test
    void aTaggedCacheIsDroppedByItsTags() {
        with(ITEMS + "tags=catalog,shop").run(context -> {
            items(context).put("a", ITEM);
            assertThat(items(context).get("a")).isNotNull();

            context.getBean(Lumbung.class).invalidateTag("shop");

            assertThat(items(context).get("a")).isNull();
        });
    }

    @Test
    void plainJsonIsNothingButTheJson() {
        with(ITEMS + "plain-json=true").run(context -> {
            items(context).put("a", ITEM);
            assertThat(server.command("GET", prefix(context) + ":items:a")).isEqualTo("{\"id\":\"a\",\"price\":1}");
        });
    }

    @Test
    void valuesAboveTheLimitAreNotStored() {
        with("lumbung.spring-cache.defaults.max-value-size=10B").run(context -> {
            items(context).put("a", ITEM);
            assertThat(items(context).get("a")).isNull();
        });
    }

    @Test
    void aStrictCacheSaysThatRedisIsAway() {
        try (RedisServer own = RedisServer.builder().inMemoryOnly().start()) {
            CacheApplication.on(own)
                    .withPropertyValues(ITEMS + "type=" + Item.class.getName(), ITEMS + "strict=true")
                    .run(context -> {
                        own.kill();
                        assertThatThrownBy(() -> items(context).get("a")).isInstanceOf(StoreException.class);
                    });
        }
    }

    @Test
    void aReaderWaitsForAnotherOnesLoadAsLongAsItsCacheSays() {
        with(ITEMS + "wait-at-most=10ms").run(context -> {
            Catalog catalog = SpringCacheIT.catalog(context, ITEM);
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(1);
            catalog.shelf().whileLoading = () -> {
                catalog.shelf().whileLoading = () -> {};
                loading.countDown();
                try {
                    done.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            };
            Thread first = new Thread(() -> catalog.find("a"));
            first.start();
            assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(catalog.find("a")).as("did not wait for the first").isEqualTo(ITEM);
            done.countDown();
            first.join(10_000);
            assertThat(catalog.shelf().loads).hasValue(2);
        });
    }

    @Test
    void unlistedCachesAreMadeUnlessThatIsOff() {
        with().run(context -> {
            CacheManager caches = context.getBean(CacheManager.class);
            assertThat(caches.getCacheNames()).containsExactly("items");
            assertThat(caches.getCache("more")).isNotNull().isSameAs(caches.getCache("more"));
            assertThat(caches.getCacheNames()).containsExactly("items", "more");
            assertThatThrownBy(() -> caches.getCache("lock"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'lock' cannot name a cache");
        });
        with("lumbung.spring-cache.dynamic=false").run(context -> {
            assertThat(context.getBean(CacheManager.class).getCache("more")).isNull();
            assertThatThrownBy(() -> context.getBean(Catalog.class).list("x", 1))
                    .hasMessageContaining("Cannot find cache named 'lists'");
        });
    }

    static Stream<Arguments> wrongValues() {
        return Stream.of(
                Arguments.of(
                        ITEMS + "ttl",
                        "25h",
                        ITEMS + "ttl is '25h': it must be from 1ms to 24h. Set " + ITEMS
                                + "ttl to a duration from 1ms to 24h"),
                Arguments.of(ITEMS + "ttl", "soon", ITEMS + "ttl is 'soon': it is not a duration"),
                Arguments.of(ITEMS + "nulls", "0", ITEMS + "nulls is '0': it must be from 1ms to 24h"),
                Arguments.of(ITEMS + "wait-at-most", "5", ITEMS + "wait-at-most is '5': it has no unit"),
                Arguments.of(ITEMS + "jitter", "1", "cache 'items' (lumbung.spring-cache): jitter must be"),
                Arguments.of(ITEMS + "max-value-size", "2MB", "cache 'items' (lumbung.spring-cache): maxValueBytes"),
                Arguments.of(ITEMS + "type", "Nobody", ITEMS + "type is 'Nobody': there is no class Nobody"),
                Arguments.of("lumbung.spring-cache.caches.lock.ttl", "1m", "'lock' cannot name a cache"),
                Arguments.of(
                        "lumbung.spring-cache.defaults.ttl",
                        "x",
                        "lumbung.spring-cache.defaults.ttl is 'x': it is not a duration"),
                Arguments.of("lumbung.spring-cache.defaults.jitter", "a lot", "For input string"));
    }

    @ParameterizedTest
    @MethodSource("wrongValues")
    void aWrongValueStopsTheStartAndSaysWhatIsWrong(String property, String value, String message) {
        with(property + "=" + value)
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining(message));
    }

    @Test
    void plainJsonAndTagsExcludeEachOther() {
        with(ITEMS + "plain-json=true", ITEMS + "tags=a")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("plainJson and tags exclude each other"));
    }

    @Test
    void stepsBackForTheApplicationsOwnManagerAndForSpringsSettings() {
        CacheManager own = new ConcurrentMapCacheManager();
        with().withBean(CacheManager.class, () -> own)
                .run(context -> assertThat(context).getBean(CacheManager.class).isSameAs(own));
        with("spring.cache.type=simple")
                .run(context ->
                        assertThat(context).getBean(CacheManager.class).isInstanceOf(ConcurrentMapCacheManager.class));
        with("lumbung.spring-cache.enabled=false")
                .run(context -> assertThat(context)
                        .getBean(CacheManager.class)
                        .isNotNull()
                        .isNotInstanceOf(SpringCaches.class));
    }

    @Test
    void makesNoManagerForThoseWhoDoNotCache() {
        CacheApplication.bare()
                .withPropertyValues("lumbung.redis.url=" + server.url())
                .run(context -> assertThat(context).hasSingleBean(Lumbung.class).doesNotHaveBean(CacheManager.class));
    }

    private static ApplicationContextRunner with(String... properties) {
        return CacheApplication.on(server)
                .withPropertyValues(ITEMS + "type=" + Item.class.getName())
                .withPropertyValues(properties);
    }

    private static Cache items(AssertableApplicationContext context) {
        return context.getBean(CacheManager.class).getCache("items");
    }

    private static String prefix(AssertableApplicationContext context) {
        return context.getBean(Lumbung.class).config().keyPrefix();
    }

    private static long remaining(AssertableApplicationContext context, String key) {
        return (long) server.command("PTTL", prefix(context) + ":" + key);
    }
}
