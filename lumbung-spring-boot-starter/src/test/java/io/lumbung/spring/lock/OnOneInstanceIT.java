package io.lumbung.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.error.StoreUnavailableException;
import io.lumbung.key.Key;
import io.lumbung.lock.Locks;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observation.LockAnswer;
import io.lumbung.observe.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class OnOneInstanceIT {
    private static RedisServer server;

    private final String prefix = LockApplication.prefix();
    private final AtomicInteger runs = new AtomicInteger();

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static class Digest {
        private final Runnable work;

        Digest(Runnable work) {
            this.work = work;
        }

        @OnOneInstance(name = "digest", ttl = "${digest.at-most:1h}", lockAtLeastFor = "30m")
        public void send() {
            work.run();
        }

        @OnOneInstance(name = "quick", ttl = "1h", lockAtLeastFor = "0s")
        public void quick() {
            work.run();
        }
    }

    @Test
    void oneOfThreeInstancesRunsEachTick() {
        onThreeInstances(instances -> {
            Locks locks = instances.get(0).getBean(Locks.class);
            for (int tick = 1; tick <= 20; tick++) {
                CyclicBarrier together = new CyclicBarrier(instances.size());
                CompletableFuture<?>[] calls = instances.stream()
                        .map(instance -> CompletableFuture.runAsync(() -> {
                            meet(together);
                            instance.getBean(Digest.class).send();
                        }))
                        .toArray(CompletableFuture<?>[]::new);
                CompletableFuture.allOf(calls).orTimeout(60, TimeUnit.SECONDS).join();

                assertThat(runs).hasValue(tick);
                // Not again before its time, however quick it was.
                instances.forEach(instance -> instance.getBean(Digest.class).send());
                assertThat(runs).hasValue(tick);
                assertThat(locks.forceRelease(Key.parse("digest"))).isTrue();
            }
        });
    }

    @Test
    void whileItRunsItHoldsItsLock() {
        instance(() -> {
                    assertThat(CurrentLease.require().lock()).isEqualTo(Key.parse("digest"));
                    assertThat((Long) server.command("PTTL", prefix + ":lock:digest"))
                            .isBetween(60_000L, 1_200_000L + 1_800_000L);
                    runs.incrementAndGet();
                })
                .withPropertyValues("digest.at-most=50m")
                .run(context -> {
                    context.getBean(Digest.class).send();
                    assertThat(runs).hasValue(1);
                    context.getBean(Digest.class).send();
                    assertThat(runs).hasValue(1);
                });
    }

    @Test
    void withoutALeastTimeItIsFreeWhenItIsDone() {
        instance(runs::incrementAndGet).run(context -> {
            context.getBean(Digest.class).quick();
            context.getBean(Digest.class).quick();
            assertThat(runs).hasValue(2);
        });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}

    static class Ticking {
        private final AtomicInteger runs;

        Ticking(AtomicInteger runs) {
            this.runs = runs;
        }

        @Scheduled(fixedRate = 20)
        @OnOneInstance(name = "ticking", ttl = "1h", lockAtLeastFor = "1h")
        void tick() {
            runs.incrementAndGet();
        }
    }

    @Test
    void tasksThatSpringSchedulesRunOnOneInstance() {
        AtomicInteger refused = new AtomicInteger();
        Observer counting = observation -> {
            if (observation instanceof Observation.LockAsked asked && asked.answer() == LockAnswer.BUSY) {
                refused.incrementAndGet();
            }
        };
        ApplicationContextRunner application = LockApplication.on(server, prefix)
                .withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
                .withUserConfiguration(Scheduling.class)
                .withBean(Ticking.class, () -> new Ticking(runs))
                .withBean(Observer.class, () -> counting);
        application.run(one -> application.run(two -> {
            int sofar = refused.get();
            await().until(() -> refused.get() >= sofar + 10);
            assertThat(runs).hasValue(1);
        }));
    }

    @Test
    void whatTheTaskThrowsReachesItsScheduler() {
        RuntimeException broken =
                new StoreUnavailableException("cache.get", "k", "another Redis, asked by the task", null);
        instance(() -> {
                    throw broken;
                })
                .run(context -> assertThatThrownBy(
                                () -> context.getBean(Digest.class).quick())
                        .isSameAs(broken));
    }

    @Test
    void whileRedisIsAwayNobodyRunsItAndThatIsSaidOnce(CapturedOutput output) {
        try (RedisServer own = RedisServer.builder().inMemoryOnly().start()) {
            LockApplication.on(own, prefix)
                    .withBean(Digest.class, () -> new Digest(runs::incrementAndGet))
                    .run(context -> {
                        Digest digest = context.getBean(Digest.class);
                        for (int outage = 1; outage <= 2; outage++) {
                            own.kill();
                            digest.quick();
                            digest.quick();
                            digest.quick();
                            assertThat(runs).hasValue(outage - 1);
                            assertThat(warnings(output)).isEqualTo(outage);

                            own.restart(RedisServer.Data.EMPTY);
                            int before = runs.get();
                            await().until(() -> {
                                digest.quick();
                                return runs.get() > before;
                            });
                            runs.set(outage);
                        }
                    });
        }
    }

    private static long warnings(CapturedOutput output) {
        return output.toString()
                .lines()
                .filter(line -> line.contains("WARN") && line.contains("task quick: not run"))
                .count();
    }

    private interface OnInstances {
        void on(List<AssertableApplicationContext> instances);
    }

    private void onThreeInstances(OnInstances test) {
        onMore(new ArrayList<>(), test);
    }

    private void onMore(List<AssertableApplicationContext> running, OnInstances test) {
        if (running.size() == 3) {
            test.on(running);
            return;
        }
        instance(runs::incrementAndGet).run(context -> {
            running.add(context);
            onMore(running, test);
        });
    }

    private ApplicationContextRunner instance(Runnable work) {
        return LockApplication.on(server, prefix).withBean(Digest.class, () -> new Digest(work));
    }

    private static void meet(CyclicBarrier together) {
        try {
            together.await(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
