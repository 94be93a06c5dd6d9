package io.lumbung.service.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.lumbung.Lumbung;
import io.lumbung.config.LumbungConfig;
import io.lumbung.embedded.RedisServer;
import io.lumbung.service.RunningService;
import io.lumbung.service.Users;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The page for bad days says what servers accept and what the log really says. */
@RunningService
@ExtendWith(OutputCaptureExtension.class)
class TroubleshootingIT {

    private static final Pattern COMMAND = Pattern.compile("(?m)^redis-cli ([A-Z].*)$");
    private static final Pattern WARNING =
            Pattern.compile("<!-- eviction -->\\s+```\\s+WARN  io\\.lumbung : (state at risk: .*)\\s+```");

    @Autowired
    private RestTestClient http;

    @Test
    void everyCommandIsOneTheServerKnows() {
        List<String> commands = Pages.find(COMMAND, Pages.read(Pages.TROUBLESHOOTING));
        assertThat(commands).hasSizeGreaterThan(10);
        try (RedisServer server = RedisServer.start()) {
            for (String command : commands) {
                assertThatCode(() -> server.command(command.split(" ")))
                        .as(command)
                        .doesNotThrowAnyException();
            }
        }
    }

    @Test
    void theWarningAboutEvictionIsToldWordByWord(CapturedOutput output) {
        Matcher warning = WARNING.matcher(Pages.read(Pages.TROUBLESHOOTING));
        assertThat(warning.find()).isTrue();
        try (RedisServer server = RedisServer.builder()
                .config("maxmemory", "256mb")
                .config("maxmemory-policy", "allkeys-lru")
                .start()) {
            Lumbung.connect(LumbungConfig.builder().url(server.url()).build()).close();
            assertThat(output.getOut()).contains(warning.group(1).replace("6379", Integer.toString(server.port())));
        }
    }

    @Test
    void withoutTheTokenOfAllListsNoneOfThemCounts(@Autowired RedisServer redis) {
        Users users = new Users(http);
        String list = "/api/v1/users?search=" + Users.freshHandle();
        for (String from : List.of("miss", "hit")) {
            users.get(list).expectHeader().valueEquals("X-Lumbung-Cache", from);
        }
        assertThat(redis.command("DEL", "app:cache:user:list")).isEqualTo(1L);
        users.get(list).expectHeader().valueEquals("X-Lumbung-Cache", "miss");
    }
}
