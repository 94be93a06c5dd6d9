package io.lumbung.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lumbung.embedded.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** What somebody sees whose application does not start. */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureIT {

    @Test
    void anUnreachableRedisIsExplainedWithTheVariablesToSet(CapturedOutput output) {
        RedisServer gone = RedisServer.builder().inMemoryOnly().start();
        gone.close();

        assertThatThrownBy(() -> application().run("--lumbung.redis.url=" + gone.url()))
                .isNotNull();

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("failed to connect to Redis at 127.0.0.1:" + gone.port())
                .contains("REDIS_URL")
                .contains("REDIS_HOST");
    }

    @Test
    void aWrongSettingIsExplainedWithItsFixAndWithoutASecret(CapturedOutput output) {
        assertThatThrownBy(() -> application()
                        .run("--lumbung.redis.url=redis://:hunter2@localhost:port", "--lumbung.redis.pool-size=0"))
                .isNotNull();

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("lumbung.redis.url is ")
                .doesNotContain("hunter2");
    }

    @Test
    void aRefusedEvictionPolicyIsExplainedWithItsFix(CapturedOutput output) {
        try (RedisServer evicting = RedisServer.builder()
                .config("maxmemory", "64mb")
                .config("maxmemory-policy", "allkeys-lru")
                .start()) {
            assertThatThrownBy(() -> application()
                            .run("--lumbung.redis.url=" + evicting.url(), "--lumbung.state.on-eviction=refuse"))
                    .isNotNull();
            assertThat(output)
                    .contains("APPLICATION FAILED TO START")
                    .contains("CONFIG SET maxmemory-policy noeviction on 127.0.0.1:" + evicting.port())
                    .contains("LUMBUNG_STATE_REDIS_URL");
        }
    }

    private static SpringApplication application() {
        return new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties("spring.main.banner-mode=off")
                .build();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(LumbungAutoConfiguration.class)
    static class Application {}
}
