package io.lumbung.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.lumbung.Lumbung;
import io.lumbung.codec.Codec;
import io.lumbung.codec.JsonCodec;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.observe.Observation;
import io.lumbung.observe.Observer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LumbungAutoConfigurationIT {
    private static RedisServer server;

    private final ApplicationContextRunner bare =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(LumbungAutoConfiguration.class));

    @BeforeAll
    static void start() {
        server = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void connectsToTheConfiguredServer() {
        configured().run(context -> {
            assertThat(context).hasSingleBean(Lumbung.class).doesNotHaveBean(RedisServer.class);
            assertThat(context.getBean(LumbungConfig.class).redis().port()).isEqualTo(server.port());
            assertThat(context.getBean(Lumbung.class).health().isHealthy()).isTrue();
        });
    }

    @Test
    void closesWithTheApplication() {
        Lumbung[] seen = new Lumbung[1];
        configured().run(context -> seen[0] = context.getBean(Lumbung.class));

        assertThatIllegalStateException().isThrownBy(() -> seen[0].health()).withMessage("Redis not connected");
    }

    @Test
    void startsAServerForThoseWhoNameNone(CapturedOutput output) {
        RedisServer[] seen = new RedisServer[1];
        bare.run(context -> {
            assertThat(context).hasSingleBean(Lumbung.class).hasSingleBean(RedisServer.class);
            seen[0] = context.getBean(RedisServer.class);
            assertThat(context.getBean(LumbungConfig.class).redis().port()).isEqualTo(seen[0].port());
            assertThat(context.getBean(Lumbung.class).health().isHealthy()).isTrue();
            assertThat(output)
                    .contains("no Redis is configured: using an embedded")
                    .contains("REDIS_URL");
        });
        assertThat(seen[0].isAlive()).as("ends with the application").isFalse();
        assertThat(output).as("our connections close before their server").doesNotContain("does not answer");
    }

    @Test
    void startsNoServerIfOnlyAVariableNamesOne() {
        bare.withPropertyValues("REDIS_HOST=127.0.0.1", "REDIS_PORT=" + server.port())
                .run(context -> assertThat(context).hasSingleBean(Lumbung.class).doesNotHaveBean(RedisServer.class));
    }

    @Test
    void startsNoServerIfSpringNamesOne() {
        bare.withPropertyValues("spring.data.redis.url=" + server.url())
                .run(context -> assertThat(context).hasSingleBean(Lumbung.class).doesNotHaveBean(RedisServer.class));
    }

    @Test
    void startsNoServerIfABeanSaysWhereRedisIs() {
        bare.withBean(RedisAddress.class, () -> server::url).run(context -> {
            assertThat(context).hasSingleBean(Lumbung.class).doesNotHaveBean(RedisServer.class);
            assertThat(context.getBean(LumbungConfig.class).redis().port()).isEqualTo(server.port());
        });
    }

    @Test
    void takesTheApplicationsOwnServer() {
        bare.withBean(
                        RedisServer.class,
                        () -> RedisServer.builder().inMemoryOnly().start())
                .run(context -> {
                    assertThat(context).hasSingleBean(RedisServer.class);
                    assertThat(context.getBean(LumbungConfig.class).redis().port())
                            .isEqualTo(context.getBean(RedisServer.class).port());
                });
    }

    @Test
    void aProgramThatDoesNotRunIsAClearFailure() {
        bare.withPropertyValues("lumbung.embedded.redis.executable=/does/not/exist")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("/does/not/exist"));
    }

    @Test
    void withoutTheEmbeddedServerTheDefaultIsLocalhost() {
        bare.withClassLoader(new FilteredClassLoader("io.lumbung.embedded"))
                .withPropertyValues("lumbung.redis.required-at-start=false")
                .run(context -> assertThat(
                                context.getBean(LumbungConfig.class).redis().address())
                        .isEqualTo("localhost:6379"));
    }

    @Test
    void worksWithoutHealthMetricsOrEmbeddedServerOnTheClassPath() {
        configured()
                .withClassLoader(new FilteredClassLoader(
                        "io.lumbung.embedded", "io.micrometer", "org.springframework.boot.health"))
                .run(context -> assertThat(context)
                        .hasSingleBean(Lumbung.class)
                        .doesNotHaveBean("lumbungHealthIndicator")
                        .doesNotHaveBean("lumbungObserver"));
    }

    @Test
    void canBeSwitchedOff() {
        bare.withPropertyValues("lumbung.enabled=false")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(Lumbung.class)
                        .doesNotHaveBean(RedisServer.class)
                        .doesNotHaveBean(LumbungConfig.class));
    }

    @Test
    void stepsBackForTheApplicationsOwnBeans() {
        LumbungConfig config =
                LumbungConfig.builder().url(server.url()).keyPrefix("mine").build();
        Codec codec = new JsonCodec();
        bare.withBean(LumbungConfig.class, () -> config)
                .withBean("myCodec", Codec.class, () -> codec)
                .withBean(
                        "lumbungHealthIndicator",
                        HealthIndicator.class,
                        () -> org.springframework.boot.health.contributor.Health.up()::build)
                .run(context -> {
                    assertThat(context).doesNotHaveBean(RedisServer.class).hasSingleBean(Codec.class);
                    assertThat(context.getBean(Lumbung.class).config()).isSameAs(config);
                    assertThat(context.getBean(Lumbung.class).kernel().keys()).hasToString("mine");
                    assertThat(context.getBean("lumbungHealthIndicator")).isNotInstanceOf(LumbungHealthIndicator.class);
                });
        bare.withBean(Lumbung.class, () -> Lumbung.connect(config))
                .run(context -> assertThat(context).hasSingleBean(Lumbung.class).doesNotHaveBean(RedisServer.class));
    }

    @Test
    void everyObserverIsTold() {
        Queue<Observation> first = new ConcurrentLinkedQueue<>();
        Queue<Observation> second = new ConcurrentLinkedQueue<>();
        configured()
                .withBean("first", Observer.class, () -> first::add)
                .withBean("second", Observer.class, () -> second::add)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> {
                    context.getBean(Lumbung.class).health();
                    assertThat(first).isNotEmpty();
                    assertThat(second).isNotEmpty();
                    assertThat(context.getBean(MeterRegistry.class)
                                    .find("lumbung.redis.calls")
                                    .tag("operation", "redis.ping")
                                    .timer())
                            .isNotNull();
                });
    }

    @Test
    void aWrongValueStopsTheStartWithItsMessage() {
        bare.withPropertyValues("lumbung.redis.port=70000")
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .rootCause()
                        .hasMessageStartingWith("lumbung.redis.port is '70000': it must be at most 65535"));
    }

    private ApplicationContextRunner configured() {
        return bare.withPropertyValues("lumbung.redis.url=" + server.url());
    }
}
