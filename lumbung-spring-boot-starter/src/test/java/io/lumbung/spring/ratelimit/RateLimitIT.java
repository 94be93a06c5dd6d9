package io.lumbung.spring.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.key.Key;
import io.lumbung.ratelimit.RateLimit;
import io.lumbung.ratelimit.RateLimiters;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

@ExtendWith(OutputCaptureExtension.class)
class RateLimitIT {
    private static final String RULES = "lumbung.ratelimit.rules.";
    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void theHeadersCountDownAndThenTheAnswerIsAProblem() {
        try (WebApplication app = WebApplication.start(redis, RULES + "api.preset=api", RULES + "api.permits=3")) {
            for (int left = 2; left >= 0; left--) {
                HttpResponse<String> answer = app.get("/hello");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo("hello");
                assertThat(header(answer, "X-RateLimit-Limit")).isEqualTo("3");
                assertThat(header(answer, "X-RateLimit-Remaining")).isEqualTo("" + left);
                assertThat(Instant.ofEpochSecond(Long.parseLong(header(answer, "X-RateLimit-Reset"))))
                        .isBetween(Instant.now().plusSeconds(30), Instant.now().plusSeconds(62));
                assertThat(header(answer, "RateLimit-Policy")).isEqualTo("\"api\";q=3;w=60");
                assertThat(header(answer, "RateLimit")).matches("\"api\";r=" + left + ";t=(60|5[0-9]|4[0-9])");
                assertThat(answer.headers().firstValue("Retry-After")).isEmpty();
            }

            HttpResponse<String> refused = app.get("/hello");

            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(header(refused, "Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.body())
                    .isEqualTo("{\"type\":\"urn:lumbung:problem:rate-limited\",\"title\":\"Too many requests\","
                            + "\"status\":429,\"detail\":\"too many requests, please try again later\","
                            + "\"code\":\"RATE_LIMITED\"}");
            assertThat(Long.parseLong(header(refused, "Retry-After"))).isBetween(1L, 60L);
            assertThat(header(refused, "X-RateLimit-Limit")).isEqualTo("3");
            assertThat(header(refused, "X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(header(refused, "RateLimit")).isEqualTo("\"api\";r=0;t=" + header(refused, "Retry-After"));
            assertThat(app.keys()).containsExactly("app:ratelimit:127.0.0.1");
        }
    }

    @Test
    void thePresetsWriteTheirKeysAndShareNoCounter() {
        try (WebApplication app = WebApplication.start(
                redis,
                RULES + "api.preset=api",
                RULES + "auth.preset=auth",
                RULES + "auth.paths=/login",
                RULES + "user.preset=user",
                RULES + "user.paths=/me")) {
            assertThat(header(app.get("/hello"), "X-RateLimit-Limit")).isEqualTo("100");
            assertThat(app.keys()).containsExactly("app:ratelimit:127.0.0.1");

            HttpResponse<String> login = app.send("POST", "/login");
            assertThat(login.statusCode()).isEqualTo(200);
            assertThat(header(login, "X-RateLimit-Limit")).as("the tightest").isEqualTo("5");
            assertThat(header(login, "RateLimit-Policy")).isEqualTo("\"api\";q=100;w=60, \"auth\";q=5;w=60");

            HttpResponse<String> nobody = app.get("/me");
            assertThat(nobody.body()).isEqualTo("nobody");
            assertThat(header(nobody, "X-RateLimit-Limit")).isEqualTo("60");
            assertThat(header(nobody, "X-RateLimit-Remaining")).isEqualTo("59");
            HttpResponse<String> ana = app.get("/me", "X-User", "ana:{1}");
            assertThat(ana.body()).isEqualTo("ana:{1}");
            assertThat(header(ana, "X-RateLimit-Remaining"))
                    .as("not the address's")
                    .isEqualTo("59");

            assertThat(app.keys())
                    .containsExactly(
                            "app:ratelimit:127.0.0.1",
                            "app:ratelimit:auth:127.0.0.1",
                            "app:ratelimit:user:ana%3A%7B1%7D",
                            "app:ratelimit:user:ip:127.0.0.1");
        }
    }

    @Test
    void whatOneRuleRefusesTheOthersGiveBack() {
        try (WebApplication app = WebApplication.start(
                redis,
                RULES + "all.permits=10",
                RULES + "all.window=1h",
                RULES + "login.permits=1",
                RULES + "login.window=1h",
                RULES + "login.paths=/login",
                RULES + "user.preset=user",
                RULES + "user.permits=2",
                RULES + "user.paths=/me")) {
            assertThat(app.send("POST", "/login").statusCode()).isEqualTo(200);
            HttpResponse<String> refused = app.send("POST", "/login");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(header(refused, "RateLimit")).startsWith("\"login\";r=0;t=");
            assertThat(header(app.get("/hello"), "X-RateLimit-Remaining"))
                    .as("one login and this")
                    .isEqualTo("8");

            // Refused after login: what the filter took comes back, too.
            app.get("/me", "X-User", "ben");
            app.get("/me", "X-User", "ben");
            HttpResponse<String> late = app.get("/me", "X-User", "ben");
            assertThat(late.statusCode()).isEqualTo(429);
            assertThat(header(late, "RateLimit")).startsWith("\"user\";r=0;t=");
            assertThat(header(app.get("/hello"), "X-RateLimit-Remaining")).isEqualTo("5");
        }
    }

    @Test
    void annotationsNameRulesWithCostsOnMethodsAndClasses() {
        try (WebApplication app = WebApplication.with(
                Reports.class,
                redis,
                RULES + "reports.permits=10",
                RULES + "reports.window=1h",
                RULES + "reports.paths=",
                RULES + "export.permits=10",
                RULES + "export.window=1h",
                RULES + "export.paths=/reports/**")) {
            assertThat(app.get("/hello").headers().map()).doesNotContainKey("x-ratelimit-limit");

            HttpResponse<String> list = app.get("/reports");
            assertThat(header(list, "RateLimit-Policy")).isEqualTo("\"export\";q=10;w=3600, \"reports\";q=10;w=3600");
            assertThat(header(list, "X-RateLimit-Remaining")).isEqualTo("9");

            HttpResponse<String> big = app.get("/reports/big");
            assertThat(header(big, "RateLimit"))
                    .as("4 of the method instead of 1 of the class")
                    .startsWith("\"reports\";r=5;");

            // The path took 1 of the 3 the annotation asks for; it takes the other 2.
            app.get("/reports/export");
            assertThat(header(app.get("/reports"), "RateLimit")).startsWith("\"reports\";r=3;");
            assertThat(app.bean(RateLimiters.class)
                            .find("export")
                            .orElseThrow()
                            .peek("127.0.0.1", 0)
                            .limits()
                            .get(0)
                            .remaining())
                    .isEqualTo(10 - 1 - 1 - 3 - 1);
        }
    }

    @RestController
    @RateLimited("reports")
    static class Reports {
        @GetMapping("/reports")
        String list() {
            return "list";
        }

        @GetMapping("/reports/big")
        @RateLimited(value = "reports", cost = 4)
        String big() {
            return "big";
        }

        @GetMapping("/reports/export")
        @RateLimited(value = "export", cost = 3)
        String export() {
            return "export";
        }
    }

    @Test
    void anAnnotationThatNamesNoRuleStopsTheStart(CapturedOutput output) {
        assertThatThrownBy(() -> WebApplication.with(Reports.class, redis, RULES + "reports.preset=api"))
                .hasMessage("@RateLimited(\"export\") of Reports.export: there is no rule 'export'. Declare"
                        + " lumbung.ratelimit.rules.export, or use one of [reports].");
        assertThat(output).contains("APPLICATION FAILED TO START");
        assertThatThrownBy(() -> WebApplication.with(
                        Reports.class,
                        redis,
                        RULES + "reports.permits=3",
                        RULES + "reports.window=1s",
                        RULES + "export.preset=api"))
                .hasMessageStartingWith("@RateLimited(\"reports\") of Reports.big: a cost of 4 can never be had: rule"
                        + " 'reports' gives at most 3 at once");
    }

    @Test
    void theActuatorAndStaticFilesAreExempt() {
        try (WebApplication app =
                WebApplication.start(redis, RULES + "api.preset=api", "management.endpoints.web.exposure.include=*")) {
            for (String path : new String[] {
                "/actuator", "/actuator/health", "/actuator/health/liveness", "/app.js", "/sub/page.html"
            }) {
                assertThat(app.get(path).headers().map()).as(path).doesNotContainKey("x-ratelimit-limit");
            }
            assertThat(app.keys()).isEmpty();

            for (String path : new String[] {
                "/none.js",
                "/favicon.ico",
                "/css/none.css",
                "/actuators",
                "/css/..;/hello",
                "/actuator/%2e%2e/hello",
                "/x",
                "/app.js;a=b"
            }) {
                assertThat(app.get(path).headers().map()).as(path).containsKey("x-ratelimit-limit");
            }
            assertThat(app.send("POST", "/app.js").headers().map()).containsKey("x-ratelimit-limit");
        }
    }

    @Test
    void anActuatorAtTheRootExemptsItsOwnPathsAndNoOthers() {
        try (WebApplication app =
                WebApplication.start(redis, RULES + "api.preset=api", "management.endpoints.web.base-path=/")) {
            assertThat(app.get("/health").statusCode()).isEqualTo(200);
            assertThat(app.keys()).isEmpty();
            assertThat(app.get("/hello").headers().map()).containsKey("x-ratelimit-limit");
        }
    }

    @Test
    void oneRequestCountsOnceHoweverOftenItIsDispatched() {
        try (WebApplication app = WebApplication.start(
                redis, RULES + "api.preset=api", RULES + "user.preset=user", RULES + "user.key=user")) {
            assertThat(app.get("/later").body()).isEqualTo("later");
            HttpResponse<String> broken = app.get("/broken");
            assertThat(broken.statusCode()).isEqualTo(500);
            assertThat(header(broken, "X-RateLimit-Remaining")).isEqualTo("58");
            HttpResponse<String> missing = app.get("/missing");
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(header(missing, "X-RateLimit-Remaining")).isEqualTo("57");
            assertThat(app.bean(RateLimiters.class)
                            .find("api")
                            .orElseThrow()
                            .peek("127.0.0.1", 0)
                            .limits()
                            .get(0)
                            .remaining())
                    .isEqualTo(97);
        }
    }

    @Test
    void aKeyIsWhateverTheApplicationReadsFromTheRequest() {
        try (WebApplication app = WebApplication.with(
                Tenants.class,
                redis,
                RULES + "tenant.permits=2",
                RULES + "tenant.window=1h",
                RULES + "tenant.key=tenant")) {
            assertThat(header(app.get("/hello", "X-Tenant", "a"), "X-RateLimit-Remaining"))
                    .isEqualTo("1");
            assertThat(header(app.get("/hello", "X-Tenant", "b"), "X-RateLimit-Remaining"))
                    .isEqualTo("1");
            assertThat(app.get("/hello").headers().map()).as("concerns nobody").doesNotContainKey("x-ratelimit-limit");
            assertThat(app.get("/hello", "X-Tenant", "x".repeat(5_000)).statusCode())
                    .as("too long for a key")
                    .isEqualTo(200);
            assertThat(app.keys())
                    .contains("app:ratelimit:tenant:a", "app:ratelimit:tenant:b")
                    .hasSize(3);
        }
    }

    static class Tenants {
        @Bean
        RateLimitKey tenant() {
            return (HttpServletRequest request) ->
                    Optional.ofNullable(request.getHeader("X-Tenant")).map(Key::of);
        }
    }

    @Test
    void behindATrustedProxyTheClientIsWhomItNames() {
        try (WebApplication app =
                WebApplication.start(redis, RULES + "api.preset=api", "lumbung.http.trusted-proxies=127.0.0.1")) {
            app.get("/hello", "X-Forwarded-For", "1.1.1.1, 203.0.113.7");
            app.get("/hello", "X-Forwarded-For", "2001:db8:1:2:3:4:5:6");
            assertThat(app.keys())
                    .containsExactly("app:ratelimit:2001%3Adb8%3A1%3A2%3A%3A", "app:ratelimit:203.0.113.7");
        }
    }

    @Test
    void aServletCannotBeReachedAroundItsRuleByAStrangePath() {
        try (WebApplication app = WebApplication.with(
                Door.class, redis, RULES + "door.permits=1", RULES + "door.window=1h", RULES + "door.paths=/door/**")) {
            assertThat(app.get("/door/in").body()).isEqualTo("open");
            for (String path : new String[] {
                "/door/in", "/css/..;/door/in", "/%64oor/in", "/x/../door/in", "//door/in", "/door;a/in"
            }) {
                HttpResponse<String> answer = app.get(path);
                assertThat(answer.body()).as(path).isNotEqualTo("open");
            }
        }
    }

    static class Door {
        @Bean
        ServletRegistrationBean<HttpServlet> door() {
            return new ServletRegistrationBean<>(
                    new HttpServlet() {
                        @Override
                        protected void doGet(HttpServletRequest request, HttpServletResponse response)
                                throws IOException {
                            response.getWriter().write("open");
                        }
                    },
                    "/door/*");
        }
    }

    @Test
    void inShadowNobodyIsRefusedAndNoHeaderIsShown() {
        try (WebApplication app = WebApplication.start(
                redis, RULES + "try.permits=2", RULES + "try.window=1h", RULES + "try.shadow=true")) {
            for (int i = 0; i < 4; i++) {
                HttpResponse<String> answer = app.get("/hello");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().map()).doesNotContainKeys("ratelimit", "x-ratelimit-limit");
            }
            assertThat(app.keys()).containsExactly("app:ratelimit:try:127.0.0.1");
        }
    }

    @Test
    void whatARuleInShadowThinksHidesNoOtherRule() {
        try (WebApplication app = WebApplication.start(
                redis,
                RULES + "api.permits=3",
                RULES + "api.window=1h",
                RULES + "try.permits=2",
                RULES + "try.window=1h",
                RULES + "try.shadow=true")) {
            for (String left : new String[] {"2", "1", "0", "0"}) {
                HttpHeaders headers = app.get("/hello").headers();
                assertThat(headers.firstValue("X-RateLimit-Limit")).hasValue("3");
                assertThat(headers.firstValue("X-RateLimit-Remaining")).hasValue(left);
                assertThat(headers.firstValue("RateLimit-Policy"))
                        .hasValueSatisfying(
                                policy -> assertThat(policy).contains("\"api\"").doesNotContain("\"try\""));
            }
        }
    }

    @Test
    void pathsThatAreExemptByConfigurationAreStillCountedWhereAMethodSaysSo() {
        try (WebApplication app = WebApplication.with(
                Uploads.class,
                redis,
                "lumbung.ratelimit.exempt-paths=/images/**",
                RULES + "api.preset=api",
                RULES + "upload.permits=1",
                RULES + "upload.window=1h",
                RULES + "upload.paths=")) {
            assertThat(app.send("POST", "/images").statusCode()).isEqualTo(200);
            assertThat(app.send("POST", "/images").statusCode()).isEqualTo(429);
            assertThat(app.keys()).containsExactly("app:ratelimit:upload:127.0.0.1");
        }
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    static class Uploads {
        @PostMapping("/images")
        @RateLimited("upload")
        String upload() {
            return "up";
        }
    }

    @Test
    void headCountsWhereGetDoesAndAPreflightNowhere() {
        try (WebApplication app = WebApplication.start(
                redis,
                RULES + "read.permits=2",
                RULES + "read.window=1h",
                RULES + "read.methods=GET",
                RULES + "all.permits=100",
                RULES + "all.window=1h")) {
            assertThat(app.send("HEAD", "/hello").statusCode()).isEqualTo(200);
            assertThat(app.get("/hello").statusCode()).isEqualTo(200);
            assertThat(app.send("HEAD", "/hello").statusCode()).isEqualTo(429);
            HttpResponse<String> preflight = app.send(
                    "OPTIONS", "/hello", "Origin", "https://shop.example", "Access-Control-Request-Method", "GET");
            assertThat(preflight.headers().map()).doesNotContainKey("x-ratelimit-limit");
            assertThat(app.send("OPTIONS", "/hello").headers().map()).containsKey("x-ratelimit-limit");
        }
    }

    @Test
    void aRequestThatIsUnderWayWhenItsLimitShrinksIsDecidedAllTheSame() {
        try (WebApplication app = WebApplication.with(
                Shrinking.class,
                redis,
                RULES + "bulk.permits=10",
                RULES + "bulk.window=1h",
                RULES + "bulk.cost=5",
                RULES + "bulk.key=shrinking")) {
            assertThat(app.get("/hello").statusCode()).isEqualTo(200);
            assertThat(app.get("/hello").headers().firstValue("X-RateLimit-Limit"))
                    .hasValue("3");
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    static class Shrinking {
        /** Changes the rules while it is asked whom the first request counts for. */
        @Bean
        RateLimitKey shrinking(ObjectProvider<RateLimitRules> rules) {
            AtomicBoolean shrunk = new AtomicBoolean();
            return request -> {
                if (shrunk.compareAndSet(false, true)) {
                    rules.getObject()
                            .replace(List.of(RateLimitRule.of("bulk", RateLimit.slidingLog(3, Duration.ofHours(1)))
                                    .by("shrinking")));
                }
                return Optional.of(Key.of("all"));
            };
        }
    }

    @Test
    void warnsWhenEveryRuleWaitsForALogin(CapturedOutput output) {
        try (WebApplication app = WebApplication.start(
                redis, RULES + "user.preset=user", RULES + "auth.preset=auth", RULES + "auth.paths=/login")) {
            assertThat(app.get("/hello").statusCode()).isEqualTo(200);
            assertThat(output.getAll()).doesNotContain("who is logged in: what Spring Security refuses before");
        }
        try (WebApplication app = WebApplication.start(redis, RULES + "user.preset=user")) {
            assertThat(app.get("/hello").statusCode()).isEqualTo(200);
            assertThat(output.getAll()).contains("who is logged in: what Spring Security refuses before");
        }
    }

    @Test
    void whatCannotBeAKeyCountsForTheAddress() {
        try (WebApplication app = WebApplication.with(
                HeaderTenants.class,
                redis,
                RULES + "tenant.permits=2",
                RULES + "tenant.window=1h",
                RULES + "tenant.key=tenant")) {
            assertThat(app.get("/hello", "X-Tenant", "").statusCode()).isEqualTo(200);
            assertThat(app.get("/hello", "X-Tenant", " ").statusCode()).isEqualTo(200);
            assertThat(app.get("/hello", "X-Tenant", "").statusCode()).isEqualTo(429);
            assertThat(app.get("/hello", "X-Tenant", "acme").statusCode()).isEqualTo(200);
            assertThat(app.keys()).containsExactly("app:ratelimit:tenant:acme", "app:ratelimit:tenant:ip:127.0.0.1");
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    static class HeaderTenants {
        @Bean
        RateLimitKey tenant() {
            return request -> Optional.ofNullable(request.getHeader("X-Tenant")).map(Key::of);
        }
    }

    @Test
    void withoutRulesNothingIsCounted() {
        try (WebApplication app = WebApplication.start(redis, "lumbung.ratelimit.file= ")) {
            assertThat(app.get("/hello").headers().map()).doesNotContainKey("x-ratelimit-limit");
            assertThat(app.keys()).isEmpty();
        }
    }

    @Test
    void canBeSwitchedOff() {
        try (WebApplication app =
                WebApplication.start(redis, RULES + "api.preset=api", "lumbung.ratelimit.enabled=false")) {
            assertThat(app.get("/hello").headers().map()).doesNotContainKey("x-ratelimit-limit");
            assertThat(app.context.getBeanNamesForType(RateLimitRules.class)).isEmpty();
        }
    }

    @Test
    void theFilterStandsBeforeTheLoginUnlessItIsMoved() {
        try (WebApplication app = WebApplication.start(redis, RULES + "api.preset=api")) {
            assertThat(order(app)).as("Spring Security's is -100").isEqualTo(-102);
        }
        try (WebApplication app =
                WebApplication.start(redis, RULES + "api.preset=api", "lumbung.ratelimit.filter-order=7")) {
            assertThat(order(app)).isEqualTo(7);
        }
    }

    private static int order(WebApplication app) {
        return app.context
                .getBean("lumbungRateLimitFilter", FilterRegistrationBean.class)
                .getOrder();
    }

    @Test
    void anApplicationMayTellItsClientsItself() {
        try (WebApplication app = WebApplication.with(OwnClients.class, redis, RULES + "api.preset=api")) {
            app.get("/hello");
            assertThat(app.keys()).containsExactly("app:ratelimit:somebody");
        }
    }

    static class OwnClients {
        @Bean
        ClientIp clientIp() {
            return request -> Optional.of("somebody");
        }
    }

    @Test
    void aRedisThatIsDownAllowsWithoutHeadersAndIsToldOnce(CapturedOutput output) {
        try (RedisServer own = RedisServer.builder().inMemoryOnly().start();
                WebApplication app = WebApplication.start(
                        own,
                        RULES + "api.preset=api",
                        RULES + "strict.permits=5",
                        RULES + "strict.window=1m",
                        RULES + "strict.paths=/login",
                        RULES + "strict.when-down=refuse")) {
            assertThat(app.get("/hello").headers().map()).containsKey("x-ratelimit-limit");
            own.kill();

            for (int i = 0; i < 20; i++) {
                HttpResponse<String> answer = app.get("/hello");
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.headers().map())
                        .doesNotContainKey("x-ratelimit-limit")
                        .doesNotContainKey("ratelimit");
            }
            HttpResponse<String> refused = app.send("POST", "/login");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(header(refused, "Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.body())
                    .contains("\"code\":\"RATE_LIMITER_UNAVAILABLE\"")
                    .contains("\"status\":503");
            assertThat(header(refused, "Retry-After")).isEqualTo("1");
            assertThat(refused.headers().map()).doesNotContainKey("x-ratelimit-limit");
            assertThat(output.getOut().lines().filter(line -> line.contains("ERROR") && line.contains("rate limits")))
                    .hasSize(1);

            own.restart(RedisServer.Data.EMPTY);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(app.get("/hello").headers().map()).containsKey("x-ratelimit-limit"));
        }
    }

    @Test
    void aRedisThatFallsSilentCostsADeadlineOnceAndNotEachRequest() {
        try (RedisServer own = RedisServer.builder().inMemoryOnly().start();
                WebApplication app =
                        WebApplication.start(own, RULES + "api.preset=api", "lumbung.ratelimit.deadline=2s")) {
            app.get("/hello");
            own.pause();
            long began = System.nanoTime();
            for (int i = 0; i < 30; i++) {
                assertThat(app.get("/hello").statusCode()).isEqualTo(200);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .as("if each had waited it were 60 s")
                    .isLessThan(Duration.ofSeconds(30));
            own.resume();
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(app.get("/hello").headers().map()).containsKey("x-ratelimit-limit"));
        }
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElseThrow(() -> new AssertionError("no " + name + " in " + answer));
    }
}
