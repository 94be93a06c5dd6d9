package io.lumbung.spring.howto;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.spring.howto.RateLimitHttpSnippets.Emergency;
import io.lumbung.spring.howto.RateLimitHttpSnippets.Exports;
import io.lumbung.spring.howto.RateLimitHttpSnippets.Keys;
import io.lumbung.spring.howto.RateLimitHttpSnippets.Subscription;
import io.lumbung.spring.ratelimit.RateLimitRule;
import io.lumbung.spring.ratelimit.RateLimitRules;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.mock.web.MockHttpServletRequest;

/** The page {@code docs/how-to/rate-limit-http.md}, done. */
class RateLimitHttpHowToIT {
    private static final String[] FIRST_DOCUMENT = {
        "--server.port=0",
        "--spring.main.banner-mode=off",
        "--spring.config.location=classpath:howto/rate-limit-http.yaml"
    };

    @TempDir
    private Path folder;

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {}

    @Test
    void theRulesOfThePageHold() throws Exception {
        Path file = Files.writeString(folder.resolve("limits.yaml"), rulesOfThePage());
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(
                        Shop.class, Exports.class, Keys.class, Emergency.class)
                .run(with("--lumbung.ratelimit.file=" + file))) {
            RateLimitRules rules = context.getBean(RateLimitRules.class);
            assertThat(rules.rules()).extracting(RateLimitRule::name).containsExactly("api", "auth", "export", "user");
            assertThat(rules.rules().get(3).limits().get(0).permits()).isEqualTo(120);

            assertThat(get(context, "/login").headers().firstValue("X-RateLimit-Limit"))
                    .hasValue("5");
            assertThat(get(context, "/exports").headers().firstValue("RateLimit-Policy"))
                    .hasValue("\"api\";q=100;w=60, \"export\";q=2;w=1, \"export:day\";q=500");
            assertThat(get(context, "/exports/all").statusCode())
                    .as("two more in one second")
                    .isIn(200, 429);

            Emergency emergency = context.getBean(Emergency.class);
            emergency.tighten();
            assertThat(get(context, "/search").headers().firstValue("X-RateLimit-Limit"))
                    .hasValue("2");
            emergency.relax();
            assertThat(rules.rules()).hasSize(4);
        }
    }

    @Test
    void aKeyMayBeWhoIsLoggedIn() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        assertThat(new Subscription().of(request)).isEmpty();
        request.setUserPrincipal(() -> "ana");
        assertThat(new Subscription().of(request)).get().hasToString("plan:ana");
        assertThat(new Subscription().afterLogin()).isTrue();
    }

    /** Its first document, from 'rules:' on, as a file of rules. */
    private static String rulesOfThePage() throws IOException {
        String yaml = Files.readString(Path.of("src/test/resources/howto/rate-limit-http.yaml"));
        String rules = yaml.substring(yaml.indexOf("    rules:"), yaml.indexOf("---"));
        return rules.replaceAll("(?m)^    ", "");
    }

    private static String[] with(String argument) {
        String[] all = java.util.Arrays.copyOf(FIRST_DOCUMENT, FIRST_DOCUMENT.length + 1);
        all[FIRST_DOCUMENT.length] = argument;
        return all;
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext context, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
