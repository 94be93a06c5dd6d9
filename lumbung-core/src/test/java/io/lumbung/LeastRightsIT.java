package io.lumbung;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.cache.Cache;
import io.lumbung.cache.Source;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rights that SECURITY.md recommends are enough. */
@Timeout(60)
class LeastRightsIT {

    @Test
    void everythingWorksForAUserWhoMayTouchNothingButItsPrefix() throws IOException {
        try (RedisServer server =
                        RedisServer.builder().user("app", "secret", rights()).start();
                Lumbung lumbung = Lumbung.connect(
                        LumbungConfig.builder().url(server.url("app")).build())) {
            Cache<String> plain = lumbung.cache("plain", String.class).build();
            assertThat(plain.fetch("a", () -> "1").source()).isEqualTo(Source.LOADED);
            assertThat(plain.fetch("a", () -> "2").source()).isEqualTo(Source.HIT);
            assertThat(plain.deletePrefix("a")).isEqualTo(1);
            plain.put("b", "1");
            assertThat(plain.invalidate("b")).isTrue();
            assertThat(plain.clear()).isPresent();

            Cache<String> tagged = lumbung.cache("tagged", String.class)
                    .ttl(Duration.ofMinutes(1))
                    .tags("all")
                    .build();
            tagged.get("a", () -> "1");
            lumbung.invalidateTag("all");
            assertThat(tagged.fetch("a", () -> "2").source()).isEqualTo(Source.LOADED);
            assertThat(lumbung.health().status()).isEqualTo(Health.Status.HEALTHY);
            assertThat(server.command("ACL", "LOG")).as("nothing was refused").isEqualTo(List.of());
        }
    }

    private static String rights() throws IOException {
        Matcher rights = Pattern.compile("`(~app:[^`]+)`").matcher(Files.readString(Path.of("../SECURITY.md")));
        assertThat(rights.find()).isTrue();
        return rights.group(1);
    }
}
