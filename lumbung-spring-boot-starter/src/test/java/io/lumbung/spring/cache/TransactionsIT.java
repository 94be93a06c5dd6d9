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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.CacheManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

class TransactionsIT {
    private static final Item OLD = new Item("a", 1);
    private static final Item NEW = new Item("a", 2);
    private static RedisServer server;

    private final Database database = new Database();

    @BeforeAll
    static void start() {
        server = RedisServer.builder().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void anEvictionHappensAfterTheCommit() {
        run(fixture -> {
            fixture.items.put("a", OLD);

            fixture.inTransaction(() -> {
                fixture.items.evict("a");
                assertThat(fixture.seenByOthers("a")).as("not committed yet").isEqualTo(OLD);
            });

            assertThat(fixture.seenByOthers("a")).isNull();
        });
    }

    @Test
    void aRollbackUndoesEveryWrite() {
        run(fixture -> {
            fixture.items.put("a", OLD);

            fixture.rolledBack(() -> {
                fixture.items.evict("a");
                fixture.items.put("b", NEW);
                fixture.items.clear();
                fixture.items.put("c", NEW);
            });

            assertThat(fixture.items.get("a", Item.class)).isEqualTo(OLD);
            assertThat(fixture.items.get("b")).isNull();
            assertThat(fixture.items.get("c")).isNull();
        });
    }

    @Test
    void theLastWriteOfEachKeyCounts() {
        run(fixture -> {
            fixture.items.put("x", OLD);
            fixture.inTransaction(() -> {
                fixture.items.put("a", OLD);
                fixture.items.evict("a");
                fixture.items.put("a", NEW);
                fixture.items.put("b", OLD);
                fixture.items.evict("b");
            });
            assertThat(fixture.items.get("a", Item.class)).isEqualTo(NEW);
            assertThat(fixture.items.get("b")).isNull();
            assertThat(fixture.items.get("x", Item.class)).isEqualTo(OLD);

            fixture.inTransaction(() -> {
                fixture.items.put("b", OLD);
                fixture.items.clear();
                fixture.items.put("a", OLD);
            });
            assertThat(fixture.items.get("a", Item.class)).isEqualTo(OLD);
            assertThat(fixture.items.get("b")).isNull();
            assertThat(fixture.items.get("x")).isNull();
        });
    }

    @Test
    void whatItHasWrittenATransactionReadsFromTheSource() {
        run(fixture -> {
            fixture.items.put("a", OLD);
            fixture.items.put("b", OLD);

            fixture.inTransaction(() -> {
                fixture.items.evict("a");
                assertThat(fixture.items.get("a")).isNull();
                assertThat(fixture.items.get("a", () -> NEW)).isEqualTo(NEW);
                assertThat(fixture.later(() -> fixture.items.retrieve("a"))).isNull();
                assertThat(fixture.later(
                                () -> fixture.items.retrieve("a", () -> CompletableFuture.completedFuture(NEW))))
                        .isEqualTo(NEW);
                assertThat(fixture.items.putIfAbsent("a", NEW)).isNull();
                assertThatThrownBy(() -> fixture.items.get("a", () -> {
                            throw new IOException("source");
                        }))
                        .isInstanceOf(ValueRetrievalException.class);
                assertThat(fixture.seenByOthers("a")).isEqualTo(OLD);
                assertThat(fixture.items.get("b", Item.class)).as("untouched").isEqualTo(OLD);
            });

            assertThat(fixture.seenByOthers("a")).isEqualTo(NEW);
        });
    }

    @Test
    void whatATransactionReadsThroughTheCacheIsDroppedIfItIsRolledBack() {
        run(fixture -> {
            fixture.catalog.shelf().source.put("a", NEW);
            fixture.rolledBack(() -> assertThat(fixture.catalog.find("a")).isEqualTo(NEW));
            assertThat(fixture.items.get("a")).isNull();

            fixture.rolledBack(() -> assertThat(fixture.later(() -> fixture.catalog.findLater("a")))
                    .isEqualTo(NEW));
            assertThat(fixture.items.get("a")).isNull();

            fixture.inTransaction(() -> assertThat(fixture.catalog.find("a")).isEqualTo(NEW));
            assertThat(fixture.items.get("a", Item.class)).isEqualTo(NEW);
        });
    }

    @Test
    void anEvictionBeforeTheMethodHappensAtOnceAndOnceMore() {
        run(fixture -> {
            fixture.items.put("a", OLD);

            fixture.inTransaction(() -> {
                assertThat(fixture.items.evictIfPresent("a")).isTrue();
                fixture.asAnother(() -> fixture.items.get("a", () -> OLD));
            });

            assertThat(fixture.seenByOthers("a")).isNull();

            fixture.items.put("a", OLD);
            fixture.inTransaction(() -> {
                fixture.items.invalidate();
                fixture.asAnother(() -> fixture.items.get("a", () -> OLD));
            });
            assertThat(fixture.seenByOthers("a")).isNull();
        });
    }

    @Test
    void aTransactionInsideAnotherHasWritesOfItsOwn() {
        run(fixture -> {
            fixture.items.put("a", OLD);
            fixture.items.put("b", OLD);

            fixture.rolledBack(() -> {
                fixture.items.evict("a");
                fixture.inNewTransaction(() -> {
                    assertThat(fixture.items.get("a", Item.class)).isEqualTo(OLD);
                    fixture.items.evict("b");
                });
                assertThat(fixture.items.get("b")).as("committed").isNull();
                assertThat(fixture.items.get("a")).as("still ours").isNull();
            });

            assertThat(fixture.items.get("a", Item.class)).isEqualTo(OLD);
            assertThat(fixture.items.get("b")).isNull();
        });
    }

    @Test
    void aWriteMadeAfterTheCommitIsNotLost() {
        run(fixture -> {
            fixture.items.put("a", OLD);
            fixture.inTransaction(() -> afterCommit(() -> fixture.items.evict("a")));
            assertThat(fixture.items.get("a")).isNull();

            fixture.items.put("a", OLD);
            fixture.inTransaction(() -> {
                fixture.items.evict("b");
                afterCommit(() -> fixture.items.evict("a"));
            });
            assertThat(fixture.items.get("a")).isNull();
        });
    }

    @Test
    void anUncertainCommitDropsWhatMayHaveChanged() {
        run(fixture -> {
            fixture.items.put("a", OLD);
            fixture.items.put("b", OLD);
            database.failsToCommit = true;

            assertThatThrownBy(() -> fixture.inTransaction(() -> fixture.items.put("a", NEW)))
                    .isInstanceOf(TransactionSystemException.class);
            assertThat(fixture.items.get("a")).isNull();
            assertThat(fixture.items.get("b", Item.class)).isEqualTo(OLD);

            assertThatThrownBy(() -> fixture.inTransaction(fixture.items::clear))
                    .isInstanceOf(TransactionSystemException.class);
            assertThat(fixture.items.get("b")).isNull();
        });
    }

    @Test
    void aRedisThatFailsAfterTheCommitNeitherFailsTheWriteNorKeepsTheOldValue() {
        try (RedisServer own = RedisServer.builder().start()) {
            run(CacheApplication.on(own), fixture -> {
                fixture.items.put("a", OLD);

                fixture.inTransaction(() -> {
                    fixture.items.evict("a");
                    own.kill();
                });
                assertThat(fixture.lumbung.caches().unconfirmedInvalidations()).isPositive();
                assertThat(fixture.items.get("a", () -> NEW)).isEqualTo(NEW);

                own.restart(RedisServer.Data.KEEP);
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> fixture.lumbung.caches().unconfirmedInvalidations() == 0);
                Object stored = own.command("GET", fixture.lumbung.config().keyPrefix() + ":items:a");
                assertThat(String.valueOf(stored)).doesNotContain("\"price\":1");
            });
        }
    }

    @Test
    void transactionsCanBeIgnored() {
        run(CacheApplication.on(server).withPropertyValues("lumbung.spring-cache.transaction-aware=false"), fixture -> {
            fixture.items.put("a", OLD);
            fixture.rolledBack(() -> fixture.items.evict("a"));
            assertThat(fixture.items.get("a")).isNull();
        });
    }

    @Test
    void worksWithoutTransactionsOnTheClassPath() {
        CacheApplication.bare()
                .withUserConfiguration(CacheApplication.Caching.class)
                .withPropertyValues("lumbung.redis.url=" + server.url(), "lumbung.spring-cache.caches.numbers.type=int")
                .withClassLoader(new FilteredClassLoader("org.springframework.transaction"))
                .run(context -> {
                    Cache numbers = context.getBean(CacheManager.class).getCache("numbers");
                    numbers.put("a", 1);
                    assertThat(numbers.get("a", Integer.class)).isEqualTo(1);
                    numbers.evict("a");
                    assertThat(numbers.get("a")).isNull();
                });
    }

    private void run(Consumer<Fixture> test) {
        run(CacheApplication.on(server), test);
    }

    private void run(ApplicationContextRunner application, Consumer<Fixture> test) {
        application
                .withPropertyValues("lumbung.spring-cache.caches.items.type=" + Item.class.getName())
                .run(context -> test.accept(new Fixture(context)));
    }

    private final class Fixture {
        private final Lumbung lumbung;
        private final Catalog catalog;
        private final Cache items;

        Fixture(AssertableApplicationContext context) {
            lumbung = context.getBean(Lumbung.class);
            catalog = context.getBean(Catalog.class);
            items = context.getBean(CacheManager.class).getCache("items");
        }

        void inTransaction(Runnable work) {
            new TransactionTemplate(database).executeWithoutResult(status -> work.run());
        }

        void inNewTransaction(Runnable work) {
            TransactionTemplate template = new TransactionTemplate(database);
            template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            template.executeWithoutResult(status -> work.run());
        }

        void rolledBack(Runnable work) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> inTransaction(() -> {
                        work.run();
                        throw new IllegalStateException("rolled back on purpose");
                    }))
                    .withMessage("rolled back on purpose");
        }

        @Nullable
        Object seenByOthers(String key) {
            Object[] seen = new Object[1];
            asAnother(() -> seen[0] = items.get(key, Item.class));
            return seen[0];
        }

        void asAnother(Runnable work) {
            CompletableFuture.runAsync(work).orTimeout(10, TimeUnit.SECONDS).join();
        }

        @Nullable
        Object later(Supplier<? extends CompletableFuture<?>> call) {
            return call.get().orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    private static void afterCommit(Runnable work) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                work.run();
            }
        });
    }

    /** Transactions that do nothing but begin and end. */
    private static final class Database extends AbstractPlatformTransactionManager {
        private static final long serialVersionUID = 1L;

        private final ThreadLocal<Boolean> open = ThreadLocal.withInitial(() -> false);
        private boolean failsToCommit;

        @Override
        protected Object doGetTransaction() {
            return new Object();
        }

        @Override
        protected boolean isExistingTransaction(Object transaction) {
            return open.get();
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            open.set(true);
        }

        @Override
        protected Object doSuspend(Object transaction) {
            open.set(false);
            return transaction;
        }

        @Override
        protected void doResume(@Nullable Object transaction, Object suspended) {
            open.set(true);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            if (failsToCommit) {
                throw new TransactionSystemException("the connection broke");
            }
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {}

        @Override
        protected void doCleanupAfterCompletion(Object transaction) {
            open.set(false);
        }
    }
}
