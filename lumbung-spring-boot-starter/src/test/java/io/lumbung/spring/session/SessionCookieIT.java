package io.lumbung.spring.session;

import static io.lumbung.spring.session.SessionApplication.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.Session;
import io.lumbung.session.SessionChange;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import io.lumbung.spring.session.SessionApplication.Browser;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@ExtendWith(OutputCaptureExtension.class)
class SessionCookieIT {
    private static final String OWN = "lumbung.session.http=cookie";
    private static final String PLAIN = "session";
    private static final String SECURE = "__Host-session";
    private static final String[] HTTPS = {"X-Forwarded-Proto", "https"};

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
    void aLoginSetsACookieAndALogoutClearsIt(CapturedOutput output) {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            Browser browser = app.browser();
            assertThat(browser.get("/me").body()).isEqualTo("nobody");

            HttpResponse<String> login = browser.post("/login?user=ana", "User-Agent", "Firefox");
            String token = browser.cookies.get(PLAIN);
            assertThat(SessionToken.parse(token)).isPresent();
            assertThat(header(login, "Set-Cookie")).hasValue("session=" + token + "; Path=/; HttpOnly; SameSite=Lax");
            assertThat(header(login, "Cache-Control")).hasValue("no-store");
            assertThat(output).contains("the session cookie goes over plain HTTP");
            assertThat(login.body()).as("the same request sees it").isEqualTo("ana");
            assertThat(browser.get("/me").body()).isEqualTo("ana");
            Session session = app.bean(Sessions.class).list("ana").get(0);
            assertThat(session.device().userAgent()).isEqualTo("Firefox");
            assertThat(session.device().address()).isEqualTo("127.0.0.1");

            HttpResponse<String> logout = browser.post("/logout");
            assertThat(header(logout, "Set-Cookie").orElse(""))
                    .startsWith("session=; Path=/; Max-Age=0;")
                    .contains("HttpOnly", "SameSite=Lax");
            assertThat(header(logout, "Cache-Control")).hasValue("no-store");
            assertThat(app.keys()).isEmpty();
            browser.cookies.put(PLAIN, token);
            assertThat(browser.get("/me").body()).isEqualTo("nobody");
        }
    }

    @Test
    void overASecureConnectionTheCookieIsBoundToTheHost() {
        try (SessionApplication app =
                SessionApplication.start(redis, Pages.class, OWN, "server.forward-headers-strategy=framework")) {
            Browser browser = app.browser();
            HttpResponse<String> login = browser.post("/login?user=ana", HTTPS);
            String token = browser.cookies.get(SECURE);

            assertThat(header(login, "Set-Cookie"))
                    .hasValue(SECURE + "=" + token + "; Path=/; Secure; HttpOnly; SameSite=Lax");
            assertThat(browser.get("/me", HTTPS).body()).isEqualTo("ana");
            Browser tossed = app.browser();
            tossed.cookies.put(PLAIN, token);
            assertThat(tossed.get("/me", HTTPS).body())
                    .as("another subdomain could have set this one")
                    .isEqualTo("nobody");
        }
    }

    @Test
    void aProxyNobodyTrustsDoesNotMakeAConnectionSecure() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            Browser browser = app.browser();
            browser.post("/login?user=ana", HTTPS);
            assertThat(browser.cookies).containsOnlyKeys(PLAIN);
        }
    }

    @Test
    void aTokenThatWasPresentedIsNeverAdopted() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            String presented = "aa." + "A".repeat(43);
            for (String cookie : List.of(presented, "x", "a".repeat(600), "\"quoted\"")) {
                Browser browser = app.browser();
                browser.cookies.put(PLAIN, cookie);
                HttpResponse<String> answer = browser.get("/me");
                assertThat(answer.body()).isEqualTo("nobody");
                assertThat(header(answer, "Set-Cookie")).isEmpty();
                browser.post("/login?user=ana");
                assertThat(browser.cookies.get(PLAIN)).isNotEqualTo(cookie);
            }
        }
    }

    @Test
    void ofTwoCookiesTheFirstThatLooksLikeATokenCounts() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            Browser browser = app.browser();
            browser.post("/login?user=ana");
            String token = browser.cookies.get(PLAIN);
            Browser two = app.browser();

            assertThat(two.get("/me", "Cookie", "session=x; session=" + token).body())
                    .isEqualTo("ana");
            assertThat(two.get("/me", "Cookie", "session=aa." + "A".repeat(43) + "; session=" + token)
                            .body())
                    .isEqualTo("nobody");
        }
    }

    @Test
    void aSecondLoginEndsTheSessionFromBefore() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            Browser browser = app.browser();
            browser.post("/login?user=ana");
            String first = browser.cookies.get(PLAIN);
            browser.post("/login?user=ben");

            assertThat(browser.get("/me").body()).isEqualTo("ben");
            assertThat(app.bean(Sessions.class).find(first)).isEmpty();
            assertThat(app.bean(Sessions.class).list("ana")).isEmpty();
        }
    }

    @Test
    void aUserWithTooManySessionsIsRejectedOrTheOldestMakesRoom() {
        try (SessionApplication app = SessionApplication.start(
                redis, Pages.class, OWN, "lumbung.session.max-per-user=2", "lumbung.session.when-full=reject")) {
            app.browser().post("/login?user=ana");
            app.browser().post("/login?user=ana");
            HttpResponse<String> third = app.browser().post("/login?user=ana");
            assertThat(third.body()).isEqualTo("rejected");
            assertThat(header(third, "Set-Cookie")).isEmpty();
        }
        try (SessionApplication app =
                SessionApplication.start(redis, Pages.class, OWN, "lumbung.session.max-per-user=1")) {
            Browser first = app.browser();
            first.post("/login?user=ana");
            Browser second = app.browser();
            second.post("/login?user=ana");
            assertThat(first.get("/me").body()).isEqualTo("nobody");
            assertThat(second.get("/me").body()).isEqualTo("ana");
        }
    }

    @Test
    void whoLogsInAgainInTheSameBrowserTakesNoOtherPlace() {
        try (SessionApplication app = SessionApplication.start(
                redis, Pages.class, OWN, "lumbung.session.max-per-user=1", "lumbung.session.when-full=reject")) {
            Browser browser = app.browser();
            browser.post("/login?user=ana");
            String before = browser.cookies.get(PLAIN);
            assertThat(browser.post("/login?user=ana").body()).isEqualTo("ana");
            assertThat(browser.cookies.get(PLAIN)).isNotEqualTo(before);
            assertThat(app.bean(Sessions.class).find(before)).isEmpty();

            Browser other = app.browser();
            other.post("/login?user=ben");
            assertThat(other.post("/login?user=ana").body()).isEqualTo("rejected");
            assertThat(other.get("/me").body()).as("nothing has changed").isEqualTo("ben");
            assertThat(browser.get("/me").body()).isEqualTo("ana");
        }
        try (SessionApplication app =
                SessionApplication.start(redis, Pages.class, OWN, "lumbung.session.max-per-user=2")) {
            Browser phone = app.browser();
            Browser laptop = app.browser();
            phone.post("/login?user=ana");
            laptop.post("/login?user=ana");
            laptop.post("/login?user=ana");
            assertThat(phone.get("/me").body()).as("did not have to make room").isEqualTo("ana");
            assertThat(laptop.get("/me").body()).isEqualTo("ana");
            assertThat(app.bean(Sessions.class).list("ana")).hasSize(2);
        }
    }

    @Test
    void aRotatedSessionStaysTheSame() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN, "lumbung.session.grace=0s")) {
            Browser browser = app.browser();
            assertThat(browser.post("/rotate").body()).isEqualTo("false");
            browser.post("/login?user=ana");
            String before = browser.cookies.get(PLAIN);
            browser.get("/write?value=7");

            assertThat(browser.post("/rotate").body()).isEqualTo("true");

            assertThat(browser.cookies.get(PLAIN)).isNotEqualTo(before);
            assertThat(browser.get("/read").body()).isEqualTo("7");
            assertThat(app.bean(Sessions.class).find(before)).isEmpty();
        }
    }

    @Test
    void theSessionIsReadOnceAndOnlyWhenItIsAskedFor() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            Browser browser = app.browser();
            browser.post("/login?user=ana");
            redis.command("CONFIG", "RESETSTAT");
            for (int i = 0; i < 3; i++) {
                browser.get("/open");
            }
            assertThat(calls("hgetall")).isZero();
            browser.get("/me");
            assertThat(calls("hgetall")).isEqualTo(1);
            browser.get("/twice");
            assertThat(calls("hgetall")).isEqualTo(2);
        }
    }

    private static int calls(String command) {
        return String.valueOf(redis.command("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":"))
                .map(line -> line.replaceAll("cmdstat_[a-z]+:calls=(\\d+).*", "$1"))
                .mapToInt(Integer::parseInt)
                .sum();
    }

    @Test
    void limitsByUserSeeTheUserOfTheSession() {
        try (SessionApplication app = SessionApplication.start(
                redis,
                Pages.class,
                OWN,
                "lumbung.ratelimit.rules.user.preset=user",
                "lumbung.ratelimit.rules.user.paths=/me",
                "lumbung.ratelimit.deadline=3s")) {
            Browser browser = app.browser();
            browser.get("/me");
            browser.post("/login?user=ana");
            browser.get("/me");
            assertThat(app.keys()).contains("app:ratelimit:user:ana", "app:ratelimit:user:ip:127.0.0.1");
        }
    }

    @Test
    void whileRedisIsDownTheAnswerIs503AndTheCookieStays() {
        try (RedisServer own = RedisServer.builder().start();
                SessionApplication app =
                        SessionApplication.start(own, Pages.class, OWN, "lumbung.session.deadline=500ms")) {
            Browser browser = app.browser();
            browser.post("/login?user=ana");

            own.kill();
            for (String path : List.of("/me", "/twice")) {
                HttpResponse<String> answer = browser.get(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(503);
                assertThat(header(answer, "Retry-After")).hasValue("1");
                assertThat(answer.body()).contains("\"code\":\"SESSION_STORE_UNAVAILABLE\"");
                assertThat(header(answer, "Set-Cookie")).isEmpty();
            }
            for (String path : List.of("/logout", "/login?user=ben")) {
                HttpResponse<String> answer = browser.post(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(503);
                assertThat(header(answer, "Set-Cookie")).isEmpty();
            }
            assertThat(browser.get("/open").statusCode()).isEqualTo(200);

            own.restart(RedisServer.Data.KEEP);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> browser.get("/me").body().equals("ana"));
        }
    }

    @Test
    void howeverOftenARequestLogsInAndOutItIsAnsweredWithOneCookie() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            Browser browser = app.browser();
            HttpResponse<String> answer = browser.post("/again");

            List<String> cookies = answer.headers().allValues("Set-Cookie");
            assertThat(cookies).hasSize(2).contains("other=1");
            assertThat(cookies.get(1)).startsWith("session=" + answer.body() + ";");
            assertThat(browser.get("/me").body()).isEqualTo("ben");
            assertThat(app.bean(Sessions.class).list("ana")).isEmpty();
            assertThat(app.bean(Sessions.class).list("ben")).hasSize(1);
        }
    }

    @Test
    void thePageForAnErrorThatCameFirstSeesTheSessionToo() {
        try (SessionApplication app = SessionApplication.start(redis, EarlyErrors.class, OWN)) {
            Browser browser = app.browser();
            browser.get("/in");
            HttpResponse<String> answer = browser.get("/early");
            assertThat(answer.statusCode()).isEqualTo(418);
            assertThat(answer.body()).isEqualTo("sorry, ana");
        }
    }

    @Test
    void whereThereIsNoRedisTheAnswerKeepsWhatItsReaderNeeds() {
        try (RedisServer own = RedisServer.builder().start();
                SessionApplication app =
                        SessionApplication.start(own, Pages.class, OWN, "lumbung.session.deadline=500ms")) {
            Browser browser = app.browser();
            browser.post("/login?user=ana");
            own.kill();
            HttpResponse<String> answer = browser.get("/shared", "X-Origin", "https://shop.example");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(header(answer, "Access-Control-Allow-Origin")).hasValue("https://shop.example");
            assertThat(header(answer, "Vary")).hasValue("Origin");
            assertThat(header(answer, "X-RateLimit-Limit")).hasValue("7");
            assertThat(header(answer, "Set-Cookie")).isEmpty();
            assertThat(header(answer, "Clear-Site-Data")).isEmpty();
            assertThat(header(answer, "ETag")).isEmpty();
        }
    }

    @Test
    void onceTheAnswerIsOnItsWayNothingIsBegunOrEnded() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            Browser browser = app.browser();
            assertThat(browser.post("/late?what=login").body()).contains("on its way already");
            assertThat(app.keys()).isEmpty();
            browser.post("/login?user=ana");
            for (String what : List.of("logout", "rotate")) {
                assertThat(browser.post("/late?what=" + what).body()).as(what).contains("on its way already");
                assertThat(browser.get("/me").body()).as(what).isEqualTo("ana");
            }
        }
    }

    @Test
    void overPlainHttpTheSecureCookieIsNobodys() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, OWN)) {
            Browser browser = app.browser();
            browser.post("/login?user=ana");
            Browser other = app.browser();
            other.cookies.put(SECURE, browser.cookies.get(PLAIN));
            assertThat(other.get("/me").body()).isEqualTo("nobody");
        }
    }

    @Test
    void withoutTheFilterTheMessageSaysWhatToSet() {
        assertThatThrownBy(() -> CurrentSession.of(new MockHttpServletRequest()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("lumbung.session.http=cookie");
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Pages {
        private final SessionCookies cookies;
        private final Sessions sessions;

        Pages(SessionCookies cookies, Sessions sessions) {
            this.cookies = cookies;
            this.sessions = sessions;
        }

        @GetMapping("/open")
        String open() {
            return "open";
        }

        @GetMapping("/me")
        String me(Optional<Session> session) {
            return session.flatMap(Session::user).orElse("nobody");
        }

        @GetMapping("/twice")
        String twice(CurrentSession one, Optional<Session> two, HttpServletRequest request) {
            return one.user().orElse("nobody")
                    + two.isPresent()
                    + CurrentSession.of(request).user();
        }

        @PostMapping("/login")
        String login(@RequestParam String user, HttpServletRequest request, HttpServletResponse response) {
            CreateResult result = cookies.login(request, response, NewSession.of(user));
            return result instanceof CreateResult.Created
                    ? CurrentSession.of(request).user().orElse("nobody")
                    : "rejected";
        }

        @PostMapping("/late")
        void late(@RequestParam String what, HttpServletRequest request, HttpServletResponse response)
                throws IOException {
            response.getWriter().write("said: ");
            response.flushBuffer();
            try {
                switch (what) {
                    case "login" -> cookies.login(request, response, NewSession.of("ana"));
                    case "rotate" -> cookies.rotate(request, response);
                    default -> cookies.logout(request, response);
                }
            } catch (IllegalStateException e) {
                response.getWriter().write(String.valueOf(e.getMessage()));
            }
        }

        @PostMapping("/again")
        String again(HttpServletRequest request, HttpServletResponse response) {
            response.addHeader("Set-Cookie", "other=1");
            cookies.login(request, response, NewSession.of("ana"));
            cookies.logout(request, response);
            cookies.login(request, response, NewSession.of("ana"));
            cookies.login(request, response, NewSession.of("ben"));
            return CurrentSession.of(request).token().orElseThrow().text();
        }

        @GetMapping("/shared")
        String shared(CurrentSession current, HttpServletRequest request, HttpServletResponse response) {
            response.setHeader("Access-Control-Allow-Origin", request.getHeader("X-Origin"));
            response.setHeader("Vary", "Origin");
            response.setHeader("X-RateLimit-Limit", "7");
            response.setHeader("Clear-Site-Data", "\"*\"");
            response.setHeader("ETag", "\"1\"");
            response.addHeader("Set-Cookie", "other=1");
            return current.user().orElse("nobody");
        }

        @PostMapping("/logout")
        String logout(HttpServletRequest request, HttpServletResponse response) {
            return "" + cookies.logout(request, response);
        }

        @PostMapping("/rotate")
        String rotate(HttpServletRequest request, HttpServletResponse response) {
            return "" + cookies.rotate(request, response);
        }

        @GetMapping("/write")
        String write(@RequestParam String value, CurrentSession current) {
            current.token()
                    .ifPresent(
                            token -> sessions.update(token, SessionChange.none().set("value", value)));
            current.reload();
            return current.session()
                    .flatMap(session -> session.attribute("value", String.class))
                    .orElse("none");
        }

        @GetMapping("/read")
        String read(Optional<Session> session) {
            return session.flatMap(one -> one.attribute("value", String.class)).orElse("none");
        }
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class EarlyErrors implements ErrorController {
        private final SessionCookies cookies;

        EarlyErrors(SessionCookies cookies) {
            this.cookies = cookies;
        }

        @GetMapping("/in")
        String in(HttpServletRequest request, HttpServletResponse response) {
            cookies.login(request, response, NewSession.of("ana"));
            return "in";
        }

        @RequestMapping("/error")
        String error(Optional<Session> session) {
            return "sorry, " + session.flatMap(Session::user).orElse("nobody");
        }

        @Bean
        FilterRegistrationBean<Filter> early() {
            FilterRegistrationBean<Filter> early = new FilterRegistrationBean<>((request, response, chain) -> {
                if (((HttpServletRequest) request).getRequestURI().equals("/early")) {
                    ((HttpServletResponse) response).sendError(418);
                } else {
                    chain.doFilter(request, response);
                }
            });
            early.setOrder(Ordered.HIGHEST_PRECEDENCE);
            return early;
        }
    }
}
