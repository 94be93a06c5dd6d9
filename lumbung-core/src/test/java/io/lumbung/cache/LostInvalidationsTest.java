package io.lumbung.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lumbung.codec.JsonCodec;
import io.lumbung.error.StoreTimeoutException;
import io.lumbung.key.Key;
import io.lumbung.key.KeyPattern;
import io.lumbung.key.KeySpace;
import io.lumbung.key.StoreKey;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.CacheEvent;
import io.lumbung.redis.Kernel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LostInvalidationsTest {
    private final KeySpace keys = new KeySpace("app");
    private final FakeRedis redis = new FakeRedis();
    private final List<CacheEvent> events = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService timer = CacheBench.timer();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final LostInvalidations lost = new LostInvalidations(
            new Kernel(
                    redis,
                    redis,
                    keys,
                    new JsonCodec(),
                    seen -> events.add(((Observation.Cache) seen).event()),
                    timer,
                    Runnable::run,
                    Runnable::run),
            new Commands(keys),
            new Tokens(),
            Duration.ofMillis(250));
    private final LostInvalidations.Owner users = owner("user", false);
    private final LostInvalidations.Owner tagged = owner("tagged", true);

    private LostInvalidations.Owner owner(String name, boolean withTags) {
        return new LostInvalidations.Owner(
                name, keys.cachePrefix(name), withTags ? Optional.of(keys.cacheNamespace(name)) : Optional.empty());
    }

    @BeforeEach
    void listen() {
        redis.down = true;
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void stop() {
        logger().detachAppender(log);
        timer.shutdownNow();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.lumbung.cache");
    }

    private StoreKey entry(LostInvalidations.Owner owner, String id) {
        return keys.cacheValue(owner.prefix(), Key.of(id));
    }

    @Test
    void doubtsExactlyWhatIsKept() {
        assertThat(lost.isEmpty()).isTrue();
        lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        assertThat(lost.isEmpty()).isFalse();
        assertThat(lost.covers(entry(users, "1"))).isTrue();
        assertThat(lost.covers(entry(users, "2"))).isFalse();
        lost.keepPattern(users, KeyPattern.parse("list*"), FakeRedis.gone());
        assertThat(lost.covers(entry(users, "list1"))).isTrue();
        assertThat(lost.covers(entry(tagged, "list1"))).isFalse();
        lost.keepToken("*", keys.tag("t"), FakeRedis.gone());
        assertThat(lost.doubtfulTokens()).accepts(keys.tag("t")).rejects(keys.tag("u"));
        assertThat(lost.coversToken(keys.tag("t"))).isTrue();
        assertThat(lost.coversToken(keys.tag("u"))).isFalse();
        assertThat(lost.size()).isEqualTo(3);
    }

    @Test
    void repeatsUntilEverythingIsConfirmed() {
        lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        lost.keepToken("*", keys.tag("t"), FakeRedis.gone());
        lost.keepPattern(users, KeyPattern.all(), FakeRedis.gone());
        lost.replay();
        assertThat(lost.size()).isEqualTo(3);
        redis.down = false;
        redis.asked.clear();
        lost.replay();
        assertThat(lost.isEmpty()).isTrue();
        assertThat(redis.asked)
                .containsExactly(
                        "cache.invalidate (EVALSHA) app:user:1",
                        "cache.invalidateTag (SET) app:tag:t",
                        "SCAN *app:user:**");
        assertThat(events.stream().filter(CacheEvent.INVALIDATION_KEPT::equals)).hasSize(4);
        assertThat(events.stream().filter(CacheEvent.INVALIDATION_REPLAYED::equals))
                .hasSize(3);
    }

    @Test
    void repeatsByItselfWhenRedisIsBack() {
        lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        redis.down = false;
        await().until(lost::isEmpty);
        lost.keepEntry(users, entry(users, "2"), FakeRedis.gone());
        await().until(lost::isEmpty);
    }

    @Test
    void keepsWhatIsLostAgainWhileItIsRepeated() {
        lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        lost.keepToken("*", keys.tag("t"), FakeRedis.gone());
        timer.shutdownNow();
        redis.down = false;
        redis.before = command -> {
            redis.before = c -> {};
            lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        };
        lost.replay();
        assertThat(lost.covers(entry(users, "1")))
                .as("the second loss came after the repeat was sent")
                .isTrue();
        assertThat(lost.size()).isEqualTo(1);
        lost.replay();
        assertThat(lost.isEmpty()).isTrue();
    }

    @Test
    void invalidatesOnceMoreAfterAPutOfWhichNobodyKnowsWhereItIs() {
        timer.shutdownNow();
        lost.keepPut(users, entry(users, "1"), new StoreTimeoutException("cache.put", "", "no reply", null));
        lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        lost.keepPut(users, entry(users, "2"), FakeRedis.gone());
        redis.down = false;
        lost.replay();
        assertThat(lost.covers(entry(users, "1"))).isTrue();
        assertThat(lost.covers(entry(users, "2"))).isFalse();
        lost.replay();
        assertThat(lost.isEmpty()).isTrue();
        assertThat(redis.asked.stream().filter(command -> command.endsWith("app:user:1")))
                .hasSize(2);
    }

    @Test
    void oneThatIsNeverConfirmedStandsInNobodysWay() {
        timer.shutdownNow();
        for (int i = 0; i < 20; i++) {
            lost.keepEntry(users, entry(users, "k" + i), FakeRedis.gone());
        }
        lost.keepToken("*", keys.tag("t"), FakeRedis.gone());
        lost.keepPattern(users, KeyPattern.all(), FakeRedis.gone());
        redis.down = false;
        redis.refused = "app:user:k7";
        lost.replay();
        assertThat(lost.size()).isEqualTo(1);
        assertThat(lost.covers(entry(users, "k7"))).isTrue();
    }

    @Test
    void doubtsTokensThatAreConfirmedWhileAnAnswerTravels() {
        timer.shutdownNow();
        assertThat(lost.doubtfulTokens()).isNull();
        lost.keepToken("*", keys.tag("t"), FakeRedis.gone());
        var before = lost.doubtfulTokens();
        redis.down = false;
        lost.replay();
        assertThat(before).accepts(keys.tag("t"));
        assertThat(lost.doubtfulTokens()).isNull();
    }

    @Test
    void asksOnlySoManyInVain() {
        timer.shutdownNow();
        for (int i = 0; i < 1000; i++) {
            lost.keepEntry(users, entry(users, "k" + i), FakeRedis.gone());
        }
        lost.replay();
        assertThat(redis.asked).hasSizeBetween(100, 300);
        assertThat(lost.size()).isEqualTo(1000);
    }

    @Test
    void collapsesToWholeCachesWhenThereAreTooMany() {
        for (int i = 0; i < LostInvalidations.MOST; i++) {
            lost.keepEntry(i % 2 == 0 ? users : tagged, entry(users, "k" + i), FakeRedis.gone());
        }
        assertThat(lost.size()).isEqualTo(LostInvalidations.MOST);
        lost.keepEntry(users, entry(users, "one more"), FakeRedis.gone());
        assertThat(lost.size()).isEqualTo(2);
        assertThat(lost.covers(entry(users, "anything"))).isTrue();
        assertThat(lost.coversToken(keys.cacheNamespace("tagged"))).isTrue();
    }

    @Test
    void collapsesToAllTagsWhenThereAreTooManyOfThem() {
        StoreKey namespace = keys.cacheNamespace("tagged");
        lost.keepToken("tagged", namespace, FakeRedis.gone());
        for (int i = 0; i < LostInvalidations.MOST; i++) {
            lost.keepToken("tagged", keys.tag("t" + i), FakeRedis.gone());
        }
        assertThat(lost.size()).as("the cache's own token, and every tag").isEqualTo(2);
        assertThat(lost.coversToken(keys.tag("anything"))).isTrue();
        redis.found = List.of("app:tag:t1", "app:tag:t2", "{app:other}:app:tag:x");
        redis.down = false;
        lost.replay();
        assertThat(lost.isEmpty()).isTrue();
        assertThat(redis.asked)
                .contains("cache.dropTag (DEL) app:tag:t1", "cache.dropTag (DEL) app:tag:t2")
                .noneMatch(command -> command.contains("(DEL) {"));
        assertThat(lost.coversToken(keys.tag("anything"))).isFalse();
    }

    @Test
    void collapsesPatternsBecauseEveryReadAsksThem() {
        for (int i = 0; i < 40; i++) {
            lost.keepPattern(users, KeyPattern.parse("list" + i + "*"), FakeRedis.gone());
        }
        assertThat(lost.size()).isLessThan(10);
        assertThat(lost.covers(entry(users, "list7x"))).isTrue();
        assertThat(lost.covers(entry(users, "anything"))).isTrue();
    }

    @Test
    void saysSoOncePerOutageAndWhatIsLeftAtTheEnd() {
        timer.shutdownNow();
        lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        lost.keepEntry(users, entry(users, "2"), FakeRedis.gone());
        assertThat(log.list.stream().filter(line -> line.getLevel() == Level.ERROR))
                .hasSize(1);
        lost.close();
        lost.close();
        assertThat(log.list.stream().filter(line -> line.getLevel() == Level.ERROR))
                .hasSize(2)
                .last()
                .asString()
                .contains("2 invalidations");
    }

    @Test
    void triesOnceMoreWhenItIsClosed() {
        lost.keepEntry(users, entry(users, "1"), FakeRedis.gone());
        redis.down = false;
        lost.close();
        assertThat(lost.isEmpty()).isTrue();
    }
}
