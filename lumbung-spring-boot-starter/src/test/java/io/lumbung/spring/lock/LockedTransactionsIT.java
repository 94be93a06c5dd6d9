package io.lumbung.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.error.LeaseLostException;
import io.lumbung.key.Key;
import io.lumbung.lock.Locks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

@Timeout(120)
class LockedTransactionsIT {
    private static RedisServer server;

    private final String prefix = LockApplication.prefix();

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static class Orders {
        @Locked(name = "order", key = "#id", waitFor = "0s")
        @Transactional
        public <T> T place(String id, Supplier<T> inside) {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isTrue();
            return inside.get();
        }

        @Locked(name = "order", key = "#id", waitFor = "0s", ttl = "300ms")
        public <T> T change(String id, Supplier<T> inside) {
            return inside.get();
        }

        @Locked(name = "order", key = "#id", waitFor = "0s")
        @Transactional(propagation = Propagation.REQUIRES_NEW)
        public <T> T onItsOwn(String id, Supplier<T> inside) {
            return inside.get();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class TransactionsInside {
        @Bean
        Database database() {
            return new Database();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(order = 0)
    static class TransactionsOutermost {
        @Bean
        Database database() {
            return new Database();
        }
    }

    @Test
    void theLockIsGivenBackAfterTheCommit() {
        run(TransactionsInside.class, context -> {
            Database database = database(context, "42");
            orders(context).place("42", () -> database.events.add("work, lock held " + held("42")));

            assertThat(database.events).containsExactly("begin", "work, lock held true", "commit, lock held true");
            assertThat(held("42")).isFalse();
        });
    }

    @Test
    void theLockIsGivenBackAfterTheRollback() {
        run(TransactionsInside.class, context -> {
            Database database = database(context, "42");
            assertThatIllegalStateException()
                    .isThrownBy(() -> orders(context).place("42", () -> {
                        throw new IllegalStateException("on purpose");
                    }));

            assertThat(database.events).containsExactly("begin", "rollback, lock held true");
            assertThat(held("42")).isFalse();
        });
    }

    @Test
    void theLockIsGivenBackAfterTheCommitAlsoIfTransactionsComeFirst() {
        run(TransactionsOutermost.class, context -> {
            Database database = database(context, "42");
            orders(context).place("42", () -> database.events.add("work, lock held " + held("42")));

            assertThat(database.events).containsExactly("begin", "work, lock held true", "commit, lock held true");
            assertThat(held("42")).isFalse();
        });
    }

    @Test
    void calledInsideATransactionTheLockIsKeptUntilThatOneHasEnded() {
        run(TransactionsInside.class, context -> {
            Database database = database(context, "42");
            new TransactionTemplate(database).executeWithoutResult(status -> {
                long fence = orders(context)
                        .change("42", () -> CurrentLease.require().fence());
                assertThat(held("42")).as("not committed yet").isTrue();
                assertThat(CurrentLease.find()).isEmpty();

                long again = orders(context)
                        .change("42", () -> CurrentLease.require().fence());
                assertThat(again).as("not kept out by itself").isEqualTo(fence);
                long inPlace =
                        orders(context).place("42", () -> CurrentLease.require().fence());
                assertThat(inPlace).isEqualTo(fence);
            });

            assertThat(database.events).containsExactly("begin", "commit, lock held true");
            assertThat(held("42")).isFalse();

            assertThatIllegalStateException()
                    .isThrownBy(() -> new TransactionTemplate(database).executeWithoutResult(status -> {
                        orders(context).change("42", () -> null);
                        throw new IllegalStateException("on purpose");
                    }));
            assertThat(held("42")).isFalse();
        });
    }

    @Test
    void aLeaseLostBeforeTheCommitRollsBack() {
        run(TransactionsInside.class, context -> {
            Database database = database(context, "42");
            assertThatThrownBy(() -> new TransactionTemplate(database).executeWithoutResult(status -> {
                        orders(context).change("42", () -> null);
                        context.getBean(Locks.class).forceRelease(Key.of("order", "42"));
                        await().pollInSameThread().until(() -> !lasts(context));
                    }))
                    .isInstanceOf(LeaseLostException.class);

            assertThat(database.events).containsExactly("begin", "rollback, lock held false");
        });
    }

    // What the transaction keeps can be seen by entering again.
    private static boolean lasts(AssertableApplicationContext context) {
        try {
            orders(context).change("42", () -> null);
            return true;
        } catch (LeaseLostException e) {
            return false;
        }
    }

    @Test
    void aTransactionOfItsOwnInsideAnotherIsOverWhenTheOtherSeesTheLockFree() {
        run(TransactionsInside.class, context -> {
            Database database = database(context, "42");
            new TransactionTemplate(database).executeWithoutResult(status -> {
                orders(context).onItsOwn("42", () -> database.events.add("work"));
                database.events.add("outer");
            });

            assertThat(database.events)
                    .containsExactly(
                            "begin", "begin", "work", "commit, lock held true", "outer", "commit, lock held true");
            assertThat(held("42")).isFalse();
        });
    }

    /** Public for a class loader of its own. */
    public static class PlainOrders {
        @Locked(name = "order", key = "#id")
        public <T> T place(String id, Supplier<T> inside) {
            return inside.get();
        }
    }

    @Test
    void worksWithoutTransactionsOnTheClassPath() {
        LockApplication.on(server, prefix)
                .withBean(PlainOrders.class)
                .withClassLoader(
                        new FilteredClassLoader("org.springframework.transaction", "org.springframework.integration"))
                .run(context -> assertThat(context.getBean(PlainOrders.class).<Boolean>place("42", () -> held("42")))
                        .isTrue());
    }

    private boolean held(String id) {
        return Long.valueOf(1).equals(server.command("EXISTS", prefix + ":lock:order:" + id));
    }

    private Database database(AssertableApplicationContext context, String id) {
        Database database = context.getBean(Database.class);
        database.held = () -> held(id);
        return database;
    }

    private static Orders orders(AssertableApplicationContext context) {
        return context.getBean(Orders.class);
    }

    private void run(Class<?> transactions, ContextConsumer<AssertableApplicationContext> test) {
        LockApplication.on(server, prefix)
                .withUserConfiguration(transactions)
                .withBean(Orders.class)
                .run(test);
    }

    /** Transactions that do nothing but begin and end, and note whether the lock is held then. */
    static final class Database extends AbstractPlatformTransactionManager {
        private static final long serialVersionUID = 1L;

        private final transient List<String> events = new ArrayList<>();
        private final transient ThreadLocal<Boolean> open = ThreadLocal.withInitial(() -> false);
        private transient Supplier<Boolean> held = () -> false;

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
            events.add("begin");
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
            events.add("commit, lock held " + held.get());
        }

        @Override
        protected void doRollback(DefaultTransactionStatus status) {
            events.add("rollback, lock held " + held.get());
        }

        @Override
        protected void doCleanupAfterCompletion(Object transaction) {
            open.set(false);
        }
    }
}
