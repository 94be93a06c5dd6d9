package io.lumbung.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.Lumbung;
import io.lumbung.embedded.RedisServer;
import io.lumbung.lock.LockDefaults;
import io.lumbung.lock.Locks;
import io.lumbung.spring.LumbungAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.integration.support.locks.DefaultLockRegistry;
import org.springframework.integration.support.locks.LockRegistry;

class LumbungLockAutoConfigurationIT {
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ApplicationContextRunner application() {
        return LockApplication.on(server, LockApplication.prefix());
    }

    @Test
    void offersLocksByTheSettings() {
        application()
                .withPropertyValues("lumbung.lock.ttl=20s", "lumbung.lock.max-wait=1s")
                .run(context -> {
                    assertThat(context).hasSingleBean(Locks.class).hasSingleBean(LockRegistry.class);
                    Locks locks = context.getBean(Locks.class);
                    assertThat(locks).isSameAs(context.getBean(Lumbung.class).locks());
                    assertThat(locks.defaults())
                            .isEqualTo(new LockDefaults(
                                    Duration.ofSeconds(20), Duration.ofSeconds(1), Duration.ofSeconds(3)));
                });
    }

    static class Counted {
        @Locked(name = "counted")
        public Locks locks(Locks locks) {
            return locks;
        }
    }

    @Test
    void stepsBackForLocksOfTheApplication() {
        application().withBean(Counted.class).run(first -> {
            Locks own = first.getBean(Locks.class);
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(LumbungLockAutoConfiguration.class))
                    .withBean(Locks.class, () -> own)
                    .withBean(Counted.class)
                    .run(context -> {
                        assertThat(context).hasSingleBean(Locks.class).doesNotHaveBean(LockRegistry.class);
                        assertThat(context.getBean(Counted.class).locks(own)).isSameAs(own);
                    });
        });
    }

    @Test
    void stepsBackForALockRegistryOfTheApplication() {
        application()
                .withBean(DefaultLockRegistry.class)
                .run(context ->
                        assertThat(context.getBean(LockRegistry.class)).isInstanceOf(DefaultLockRegistry.class));
    }

    @Test
    void worksWithoutSpringIntegration() {
        application()
                .withClassLoader(new FilteredClassLoader("org.springframework.integration"))
                .run(context -> assertThat(context).hasSingleBean(Locks.class).doesNotHaveBean("lumbungLockRegistry"));
    }

    @Test
    void thereIsNothingWithoutLumbung() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(LumbungAutoConfiguration.class, LumbungLockAutoConfiguration.class))
                .withPropertyValues("lumbung.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(Locks.class)
                        .doesNotHaveBean(LockRegistry.class));
    }

    @Test
    void locksAreTimed() {
        application()
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .withBean(Counted.class)
                .run(context -> {
                    context.getBean(Counted.class).locks(context.getBean(Locks.class));
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(registry.get("lumbung.lock.acquire")
                                    .tags("kind", "lock", "answer", "acquired")
                                    .timer()
                                    .count())
                            .isEqualTo(1);
                    assertThat(registry.get("lumbung.lock.held")
                                    .tags("kind", "lock", "end", "released")
                                    .timer()
                                    .count())
                            .isEqualTo(1);
                });
    }
}
