package io.lumbung.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.Lumbung;
import io.lumbung.embedded.RedisServer;
import io.lumbung.error.LeaseLostException;
import io.lumbung.error.LockNotAcquiredException;
import io.lumbung.error.StoreException;
import io.lumbung.key.Key;
import io.lumbung.lock.Lease;
import io.lumbung.lock.Locks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

@Timeout(120)
class LockedIT {
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
        public <T> T place(String id, Supplier<T> inside) {
            return inside.get();
        }

        @Locked(name = "order", key = "#id", waitFor = "60s")
        public <T> T patiently(String id, Supplier<T> inside) {
            return inside.get();
        }

        @Locked(name = "order", key = "#id", waitFor = "120ms")
        public <T> T briefly(String id, Supplier<T> inside) {
            return inside.get();
        }

        @Locked(name = "order", key = "#id", waitFor = "60s")
        public <T> T interruptibly(String id, Supplier<T> inside) throws InterruptedException {
            return inside.get();
        }

        @Locked(name = "stock")
        public <T> T byDefaults(Supplier<T> inside) {
            return inside.get();
        }

        @Locked(name = "${orders.lock}:all", ttl = "${orders.ttl}", waitFor = "${orders.wait:0s}")
        public <T> T byProperties(Supplier<T> inside) {
            return inside.get();
        }

        @Locked(name = "order", key = "#id", ttl = "300ms", waitFor = "0s")
        public <T> T renewed(String id, Supplier<T> inside) {
            return inside.get();
        }

        @Locked(name = "order", key = "#id", ttl = "150ms", waitFor = "0s", keepRenewed = false)
        public <T> T notRenewed(String id, Supplier<T> inside) {
            return inside.get();
        }

        @Locked(name = "order", key = "#id", ttl = "150ms", waitFor = "0s", keepRenewed = false, interruptOnLoss = true)
        public <T> T interrupted(String id, Callable<T> inside) throws Exception {
            return inside.call();
        }

        public long pastTheLock(String id) {
            return place(id, () -> CurrentLease.require().fence());
        }
    }

    @Test
    void holdsTheLockOfItsKeyWhileItRuns() {
        run(context -> {
            String within = orders(context).place("42", () -> {
                Lease lease = CurrentLease.require();
                assertThat(lease.lock()).isEqualTo(Key.of("order", "42"));
                assertThat(lease.isHeld()).isTrue();
                assertThat(server.command("GET", prefix + ":lock:order:42"))
                        .isEqualTo(lease.owner() + "|" + lease.fence());
                return "done";
            });

            assertThat(within).isEqualTo("done");
            assertThat(server.command("EXISTS", prefix + ":lock:order:42")).isEqualTo(0L);
            assertThat(CurrentLease.find()).isEmpty();
        });
    }

    @Test
    void whatAUserTypesReachesNoOtherLock() {
        run(context -> {
            List<String> hostile = List.of("a:b", "{x}", "*", "a", "%2A", "a b", "\r\nDEL x");
            TreeSet<String> held = new TreeSet<>();
            nested(orders(context), new ArrayList<>(hostile), () -> held.addAll(locksHeld()));
            assertThat(held)
                    .containsExactlyInAnyOrder(
                            "order:a%3Ab",
                            "order:%7Bx%7D", "order:%2A", "order:a", "order:%252A", "order:a b", "order:%0D%0ADEL x");
        });
    }

    private static void nested(Orders orders, List<String> ids, Runnable innermost) {
        if (ids.isEmpty()) {
            innermost.run();
            return;
        }
        orders.place(ids.remove(0), () -> {
            nested(orders, ids, innermost);
            return null;
        });
    }

    private List<String> locksHeld() {
        String start = prefix + ":lock:";
        return ((List<?>) server.command("KEYS", start + "*"))
                .stream().map(key -> key.toString().substring(start.length())).toList();
    }

    @Test
    void withoutTheLockTheMethodDoesNotRun() {
        run(context -> orders(context).place("42", () -> {
            AtomicBoolean ran = new AtomicBoolean();
            assertThatThrownBy(() -> onAnotherThread(() -> orders(context).place("42", () -> {
                        ran.set(true);
                        return null;
                    })))
                    .isInstanceOf(LockNotAcquiredException.class)
                    .hasMessage("lock order:42 is already held");
            assertThat(ran).isFalse();
            assertThat(onAnotherThread(() -> orders(context).<String>place("43", () -> "another")))
                    .isEqualTo("another");
            return null;
        }));
    }

    @Test
    void anotherInstanceIsKeptOut() {
        run(context -> run(other -> orders(context).place("42", () -> {
            // On the same thread, but it is another application: not our lease.
            assertThatThrownBy(() -> orders(other).place("42", () -> null))
                    .isInstanceOf(LockNotAcquiredException.class);
            return null;
        })));
    }

    @Test
    void whoWaitsGetsItWhenItIsGivenBack() {
        run(context -> {
            Locks locks = context.getBean(Locks.class);
            List<String> order = new ArrayList<>();
            CompletableFuture<String> waiter = orders(context).place("42", () -> {
                CompletableFuture<String> later =
                        CompletableFuture.supplyAsync(() -> orders(context).patiently("42", () -> {
                            order.add("second");
                            return "got it";
                        }));
                await().until(() -> locks.state(Key.of("order", "42")).waiting() == 1);
                order.add("first");
                return later;
            });

            assertThat(waiter.get(60, TimeUnit.SECONDS)).isEqualTo("got it");
            assertThat(order).containsExactly("first", "second");
        });
    }

    @Test
    void whoWaitedInVainIsToldHowLong() {
        run(context -> orders(context).place("42", () -> {
            assertThatThrownBy(() -> onAnotherThread(() -> orders(context).briefly("42", () -> null)))
                    .isInstanceOf(LockNotAcquiredException.class)
                    .hasMessageContaining("lock order:42 is already held")
                    .hasMessageContaining("120 ms");
            return null;
        }));
    }

    @Test
    void withoutNumbersOfItsOwnItLivesByTheSettings() {
        LockApplication.on(server, prefix)
                .withBean(Orders.class)
                .withPropertyValues(PROPERTIES)
                .withPropertyValues("lumbung.lock.ttl=2m", "lumbung.lock.max-wait=0s")
                .run(context -> orders(context).byDefaults(() -> {
                    assertThat((Long) server.command("PTTL", prefix + ":lock:stock"))
                            .isBetween(60_000L, 120_000L);
                    assertThatThrownBy(
                                    () -> onAnotherThread(() -> orders(context).byDefaults(() -> null)))
                            .isInstanceOf(LockNotAcquiredException.class)
                            .hasMessage("lock stock is already held");
                    return null;
                }));
    }

    @Test
    void placeholdersAreResolved() {
        run(context -> orders(context).byProperties(() -> {
            assertThat((Long) server.command("PTTL", prefix + ":lock:eu:order:all"))
                    .isBetween(600_000L, 1_200_000L);
            return null;
        }));
    }

    @Test
    void theLeaseIsKeptRenewedWhileTheMethodRuns() {
        run(context -> orders(context).renewed("42", () -> {
            Lease lease = CurrentLease.require();
            AtomicReference<Duration> least = new AtomicReference<>(lease.remaining());
            // Time only runs down, so more of it means that it was renewed.
            await().pollInterval(Duration.ofMillis(5)).until(() -> {
                Duration now = lease.remaining();
                boolean renewed = now.compareTo(least.get()) > 0;
                least.set(now);
                return renewed;
            });
            return null;
        }));
    }

    @Test
    void whoLostTheLeaseIsTold() {
        run(context -> {
            assertThatThrownBy(() -> orders(context).renewed("42", () -> {
                        Lease lease = CurrentLease.require();
                        context.getBean(Locks.class).forceRelease(Key.of("order", "42"));
                        await().until(() -> !lease.isHeld());
                        return null;
                    }))
                    .isInstanceOf(LeaseLostException.class)
                    .hasMessageContaining("order:42");
            assertThatThrownBy(() -> orders(context).notRenewed("43", () -> {
                        Lease lease = CurrentLease.require();
                        await().until(() -> !lease.isHeld());
                        return null;
                    }))
                    .isInstanceOf(LeaseLostException.class);
        });
    }

    @Test
    void whoWantsToIsInterruptedWhenTheLeaseIsLost() {
        run(context -> assertThatThrownBy(() -> orders(context).interrupted("42", () -> {
                    new CountDownLatch(1).await();
                    return null;
                }))
                .isInstanceOf(InterruptedException.class));
    }

    @Test
    void whoWantsToIsInterruptedAlsoWithTheLeaseOfAnOuterCall() {
        run(context -> assertThatThrownBy(() -> orders(context).notRenewed("42", () -> {
                    try {
                        return orders(context).interrupted("42", () -> {
                            new CountDownLatch(1).await();
                            return null;
                        });
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .hasRootCauseInstanceOf(InterruptedException.class));
    }

    @Test
    void callsUnderTheSameLockShareItsLease() {
        run(context -> {
            Orders orders = orders(context);
            orders.place("42", () -> {
                Lease outer = CurrentLease.require();
                orders.place("42", () -> {
                    Lease inner = CurrentLease.require();
                    assertThat(inner.fence()).isEqualTo(outer.fence());
                    orders.place("43", () -> {
                        assertThat(CurrentLease.require().lock()).isEqualTo(Key.of("order", "43"));
                        orders.place("42", () -> {
                            assertThat(CurrentLease.require().fence()).isEqualTo(outer.fence());
                            return null;
                        });
                        return null;
                    });
                    return null;
                });
                assertThat(locksHeld()).containsExactly("order:42");
                assertThat(outer.isHeld()).isTrue();
                assertThat(CurrentLease.require()).isSameAs(outer);
                return null;
            });
            assertThat(locksHeld()).isEmpty();
        });
    }

    @Test
    void nobodyEntersAgainWithALeaseThatIsLost() {
        run(context -> {
            AtomicBoolean ran = new AtomicBoolean();
            assertThatThrownBy(() -> orders(context).notRenewed("42", () -> {
                        Lease lease = CurrentLease.require();
                        await().until(() -> !lease.isHeld());
                        return orders(context).place("42", () -> ran.getAndSet(true));
                    }))
                    .isInstanceOf(LeaseLostException.class);
            assertThat(ran).isFalse();
        });
    }

    @Test
    void whoLosesTheLeaseInAnInnerCallIsToldThere() {
        run(context -> {
            AtomicBoolean afterwards = new AtomicBoolean();
            assertThatThrownBy(() -> orders(context).notRenewed("42", () -> {
                        orders(context).place("42", () -> {
                            Lease lease = CurrentLease.require();
                            await().until(() -> !lease.isHeld());
                            return null;
                        });
                        return afterwards.getAndSet(true);
                    }))
                    .isInstanceOf(LeaseLostException.class);
            assertThat(afterwards).isFalse();
        });
    }

    @Test
    void whatTheMethodThrowsReachesItsCallerAndTheLockIsGivenBack() {
        run(context -> {
            RuntimeException thrown = new IllegalArgumentException("on purpose");
            assertThatThrownBy(() -> orders(context).place("42", () -> {
                        throw thrown;
                    }))
                    .isSameAs(thrown);
            assertThatThrownBy(() -> orders(context).interrupted("42", () -> {
                        throw new IOException("checked");
                    }))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> orders(context).place("42", () -> {
                        throw new AssertionError("an error");
                    }))
                    .isInstanceOf(AssertionError.class);
            assertThat(locksHeld()).isEmpty();
            assertThat(CurrentLease.find()).isEmpty();
        });
    }

    @Test
    void whoIsInterruptedWhileWaitingDoesNotRunAndIsInTheQueueNoLonger() {
        run(context -> orders(context).place("42", () -> {
            AtomicReference<Throwable> plain = new AtomicReference<>();
            AtomicBoolean flag = new AtomicBoolean();
            interruptedWhileWaiting(context, () -> {
                try {
                    orders(context).patiently("42", () -> null);
                } catch (RuntimeException e) {
                    plain.set(e);
                    flag.set(Thread.currentThread().isInterrupted());
                }
            });
            assertThat(plain.get())
                    .isInstanceOf(LockNotAcquiredException.class)
                    .hasMessageContaining("interrupted while waiting for lock order:42")
                    .hasMessageContaining("Orders.patiently");
            assertThat(flag).isTrue();

            AtomicReference<Throwable> declared = new AtomicReference<>();
            interruptedWhileWaiting(context, () -> {
                try {
                    orders(context).interruptibly("42", () -> null);
                } catch (InterruptedException e) {
                    declared.set(e);
                }
            });
            assertThat(declared.get()).isInstanceOf(InterruptedException.class);
            return null;
        }));
    }

    private static void interruptedWhileWaiting(AssertableApplicationContext context, Runnable work) {
        Locks locks = context.getBean(Locks.class);
        Thread waiter = new Thread(work);
        waiter.start();
        await().until(() -> locks.state(Key.of("order", "42")).waiting() == 1);
        waiter.interrupt();
        await().until(() -> !waiter.isAlive());
        assertThat(locks.state(Key.of("order", "42")).waiting()).isZero();
    }

    @Test
    void whileRedisIsAwayNothingRuns() {
        try (RedisServer own = RedisServer.builder().inMemoryOnly().start()) {
            LockApplication.on(own, prefix)
                    .withBean(Orders.class)
                    .withPropertyValues(PROPERTIES)
                    .run(context -> {
                        own.kill();
                        AtomicBoolean ran = new AtomicBoolean();
                        assertThatThrownBy(() -> orders(context).place("42", () -> ran.getAndSet(true)))
                                .isInstanceOf(StoreException.class);
                        assertThat(ran).isFalse();
                    });
        }
    }

    @Test
    void aMethodCalledPastItsBeanSaysSo() {
        run(context -> assertThatIllegalStateException()
                .isThrownBy(() -> orders(context).pastTheLock("42"))
                .withMessageContaining("calls that come through the bean"));
    }

    interface Stock {
        boolean reserve(String item);

        @Locked(name = "stock", key = "#item")
        boolean ship(String item);
    }

    static class Shelf implements Stock {
        @Override
        @Locked(name = "stock", key = "#item")
        public boolean reserve(String item) {
            return CurrentLease.require().lock().equals(Key.of("stock", item));
        }

        // Its parameter has another name than the interface's: the method that runs is asked.
        @Override
        public boolean ship(String item) {
            return CurrentLease.require().lock().equals(Key.of("stock", item));
        }
    }

    @Test
    void worksThroughAnInterfaceAndThroughAClass() {
        LockApplication.on(server, prefix).withBean(Stock.class, Shelf::new).run(context -> {
            assertThat(AopUtils.isJdkDynamicProxy(context.getBean(Stock.class))).isTrue();
            assertThat(context.getBean(Stock.class).reserve("a:b")).isTrue();
            assertThat(context.getBean(Stock.class).ship("a:b")).isTrue();
        });
        LockApplication.on(server, prefix)
                .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
                .withBean(Shelf.class)
                .run(context -> {
                    assertThat(AopUtils.isCglibProxy(context.getBean(Stock.class)))
                            .isTrue();
                    assertThat(context.getBean(Stock.class).reserve("a:b")).isTrue();
                    assertThat(context.getBean(Shelf.class).ship("a:b")).isTrue();
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Background {}

    static class Reports {
        final CompletableFuture<String> done = new CompletableFuture<>();

        @Async
        @Locked(name = "report", key = "#p0")
        public void write(String name) {
            done.complete(CurrentLease.find().map(lease -> lease.lock().text()).orElse("none") + " on "
                    + Thread.currentThread().getName());
        }
    }

    @Test
    void anAsynchronousMethodIsLockedWhereItRuns() {
        LockApplication.on(server, prefix)
                .withUserConfiguration(Background.class)
                .withBean(Reports.class)
                .run(context -> {
                    // A field of the proxy is not the bean's.
                    Reports reports = context.getBean(Reports.class);
                    reports.write("daily");
                    Reports behind = (Reports) ((org.springframework.aop.framework.Advised) reports)
                            .getTargetSource()
                            .getTarget();
                    assertThat(behind.done.get(60, TimeUnit.SECONDS))
                            .startsWith("report:daily on ")
                            .doesNotEndWith(Thread.currentThread().getName());
                    await().until(() -> locksHeld().isEmpty());
                });
    }

    private static final String[] PROPERTIES = {"orders.lock=eu:order", "orders.ttl=20m"};

    private void run(ContextConsumer<AssertableApplicationContext> test) {
        ApplicationContextRunner application =
                LockApplication.on(server, prefix).withBean(Orders.class).withPropertyValues(PROPERTIES);
        application.run(context -> {
            assertThat(context).hasNotFailed().hasSingleBean(Lumbung.class);
            test.accept(context);
        });
    }

    private static Orders orders(AssertableApplicationContext context) {
        return context.getBean(Orders.class);
    }

    private static <T> T onAnotherThread(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work)
                    .orTimeout(60, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
