package io.lumbung.spring.session;

import static io.lumbung.spring.session.SessionApplication.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import io.lumbung.spring.session.SessionApplication.Browser;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.session.web.http.SessionRepositoryFilter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code HttpSession} and Spring Security's form login, on our sessions. */
@ExtendWith(OutputCaptureExtension.class)
class SpringSessionIT {
    private static final String COOKIE = "SESSION";
    private static final String LOGIN = "/login?username=ana&password=secret";

    private static RedisServer redis;
    private static volatile CountDownLatch inside = new CountDownLatch(1);
    private static volatile CountDownLatch goOn = new CountDownLatch(1);
    private static volatile CyclicBarrier together = new CyclicBarrier(2);

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void aLoginGivesANewIdAndALogoutEndsTheSession() {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            assertThat(app.context.getBeansOfType(SessionRepositoryFilter.class))
                    .hasSize(1);
            Browser browser = app.browser();
            HttpResponse<String> visit = browser.get("/visit");
            String before = browser.cookies.get(COOKIE);
            assertThat(header(visit, "Set-Cookie")).get().asString().contains("HttpOnly", "SameSite=Lax", "Path=/");
            assertThat(header(visit, "Set-Cookie")).get().asString().doesNotContain("Secure");
            assertThat(browser.get("/visit").body()).isEqualTo("2");

            assertThat(browser.post(LOGIN).statusCode()).isEqualTo(302);
            String after = browser.cookies.get(COOKIE);

            assertThat(after).isNotEqualTo(before);
            assertThat(browser.get("/me").body()).isEqualTo("ana");
            assertThat(browser.get("/visit").body()).as("what was there stays").isEqualTo("3");
            Browser thief = app.browser();
            thief.cookies.put(COOKIE, before);
            assertThat(thief.get("/me").statusCode())
                    .as("the id from before is dead at once")
                    .isEqualTo(302);
            Sessions sessions = app.bean(Sessions.class);
            assertThat(sessions.list("ana")).hasSize(1);
            assertThat(sessions.list("ana").get(0).device().address()).isEqualTo("127.0.0.1");
            assertThat(sessions.list("ana").get(0).device().userAgent()).startsWith("Java-http-client");

            assertThat(browser.post("/logout").statusCode()).isEqualTo(302);

            assertThat(browser.cookies).doesNotContainKey(COOKIE);
            browser.cookies.put(COOKIE, after);
            assertThat(browser.get("/me").statusCode()).isEqualTo(302);
            assertThat(sessions.list("ana")).isEmpty();
        }
    }

    @Test
    void anIdThatWasPresentedIsNeverAdopted() {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            for (String presented :
                    List.of("aa." + "A".repeat(43), "x", "a".repeat(600), "abcdefghijklmnopqrstuv@ana")) {
                Browser browser = app.browser();
                browser.cookies.put(COOKIE, presented);
                assertThat(browser.get("/visit").body()).as(presented).isEqualTo("1");
                assertThat(browser.cookies.get(COOKIE)).as(presented).isNotEqualTo(presented);
            }
        }
    }

    @Test
    void aSlowRequestThatSavesAfterTheLogoutRevivesNothingAndIsAnswered() throws Exception {
        inside = new CountDownLatch(1);
        goOn = new CountDownLatch(1);
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            Browser browser = app.browser();
            browser.post(LOGIN);
            String token = browser.cookies.get(COOKIE);
            CompletableFuture<HttpResponse<String>> slow = browser.later("GET", "/slow");
            assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();

            browser.post("/logout");
            assertThat(app.keys()).isEmpty();
            goOn.countDown();

            assertThat(slow.join().statusCode()).isEqualTo(200);
            assertThat(slow.join().body()).isEqualTo("slow");
            assertThat(app.keys()).isEmpty();
            browser.cookies.put(COOKIE, token);
            assertThat(browser.get("/me").statusCode()).isEqualTo(302);
        }
    }

    @Test
    void requestsAtTheSameTimeKeepEachOthersAttributes() throws Exception {
        together = new CyclicBarrier(2);
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            Browser browser = app.browser();
            browser.get("/visit");
            for (int round = 0; round < 5; round++) {
                CompletableFuture<HttpResponse<String>> a = browser.later("GET", "/together?name=a&value=" + round);
                CompletableFuture<HttpResponse<String>> b = browser.later("GET", "/together?name=b&value=" + round);
                a.join();
                b.join();
                assertThat(browser.get("/read?name=a").body()).isEqualTo("" + round);
                assertThat(browser.get("/read?name=b").body()).isEqualTo("" + round);
            }
        }
    }

    @Test
    void theSessionsOfAUserAreFoundAndEachCanBeDeleted() {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            Browser phone = app.browser();
            Browser laptop = app.browser();
            phone.post(LOGIN);
            laptop.post(LOGIN);
            app.browser().post("/login?username=ben&password=secret");
            LumbungSessionRepository repository = app.bean(LumbungSessionRepository.class);

            Map<String, LumbungSession> found = repository.findByPrincipalName("ana");

            assertThat(found).hasSize(2);
            assertThat(found.keySet()).doesNotContain(phone.cookies.get(COOKIE), laptop.cookies.get(COOKIE));
            assertThat(found.values())
                    .allSatisfy(session -> assertThat((Object) session.getAttribute("SPRING_SECURITY_CONTEXT"))
                            .isNotNull());
            String listed = found.keySet().iterator().next();
            Browser thief = app.browser();
            thief.cookies.put(COOKIE, listed);
            assertThat(thief.get("/me").statusCode())
                    .as("its id lets nobody in")
                    .isEqualTo(302);

            repository.deleteById(listed);
            assertThat(repository.findByPrincipalName("ana")).hasSize(1);
            assertThat(List.of(phone.get("/me").statusCode(), laptop.get("/me").statusCode()))
                    .containsExactlyInAnyOrder(200, 302);

            app.bean(Sessions.class).destroyAll("ana");
            assertThat(phone.get("/me").statusCode()).isEqualTo(302);
            assertThat(laptop.get("/me").statusCode()).isEqualTo(302);
            assertThat(repository.findByPrincipalName("ben")).hasSize(1);
        }
    }

    @Test
    void noTokenIsInRedisOrInTheLog(CapturedOutput output) {
        Set<String> tokens = new LinkedHashSet<>();
        try (SessionApplication app = SessionApplication.start(redis, Shop.class, "logging.level.io.lumbung=debug")) {
            for (int i = 0; i < 5; i++) {
                Browser browser = app.browser();
                // What is asked for before the login is kept with the request's cookies.
                browser.get("/visit");
                tokens.add(browser.cookies.get(COOKIE));
                browser.get("/me");
                browser.post(LOGIN);
                tokens.add(browser.cookies.get(COOKIE));
                browser.get("/write?name=a&value=b");
            }
            assertThat(tokens).hasSize(10);
            String all = app.everything();
            assertThat(all).contains("SPRING_SECURITY_CONTEXT");
            for (String token : tokens) {
                assertThat(all).doesNotContain(token.substring(3));
                assertThat(output.getAll()).doesNotContain(token.substring(3));
            }
        }
    }

    @Test
    void aSessionLivesAsLongAsTheApplicationSaysWhileItIsUsed() {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            Browser browser = app.browser();
            // Longer than a busy machine stands still.
            browser.get("/life?seconds=6");
            String token = browser.cookies.get(COOKIE);
            await().pollInterval(Duration.ofMillis(200))
                    .during(Duration.ofSeconds(9))
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> "6".equals(browser.get("/lives").body()));
            Sessions sessions = app.bean(Sessions.class);
            await().atMost(Duration.ofSeconds(30)).until(() -> app.keys().isEmpty());
            assertThat(sessions.find(token)).isEmpty();
        }
    }

    @Test
    void anAttributeThatCannotBeReadIsAbsentAndTheOthersStay(CapturedOutput output) {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            Browser browser = app.browser();
            browser.get("/write?name=good&value=1");
            browser.get("/write?name=bad&value=2");
            String key = app.prefix + app.keys().get(0).substring(3);
            redis.command("HSET", key, "@bad", "[\"com.example.Gone\",{}]");

            assertThat(browser.get("/read?name=good").body()).isEqualTo("1");
            assertThat(browser.get("/read?name=bad").body()).isEqualTo("none");
            assertThat(output).contains("attribute 'bad' of session", "com.example.Gone is not allowed");
            browser.get("/write?name=bad&value=3");
            assertThat(browser.get("/read?name=bad").body()).isEqualTo("3");
        }
    }

    @Test
    void whileRedisIsDownTheAnswerIs503AndNobodyIsLoggedOut() {
        try (RedisServer own = RedisServer.builder().start();
                SessionApplication app = SessionApplication.start(own, Shop.class, "lumbung.session.deadline=500ms")) {
            Browser browser = app.browser();
            browser.post(LOGIN);
            assertThat(browser.get("/me").body()).isEqualTo("ana");

            own.kill();
            for (String path : List.of("/me", "/visit", "/write?name=a&value=b")) {
                HttpResponse<String> answer = browser.get(path);
                assertThat(answer.statusCode()).as(path).isEqualTo(503);
                assertThat(header(answer, "Retry-After")).hasValue("1");
                assertThat(header(answer, "Content-Type")).hasValue("application/problem+json");
                assertThat(answer.body()).contains("\"code\":\"SESSION_STORE_UNAVAILABLE\"");
                assertThat(header(answer, "Set-Cookie")).isEmpty();
            }
            HttpResponse<String> logout = browser.post("/logout");
            assertThat(logout.statusCode()).isEqualTo(503);
            assertThat(header(logout, "Set-Cookie")).isEmpty();
            assertThat(app.browser().get("/open").statusCode())
                    .as("needs no session")
                    .isEqualTo(200);

            own.restart(RedisServer.Data.KEEP);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> browser.get("/me").body().equals("ana"));
        }
    }

    @Test
    void theCookieIsWhatTheServersSettingsSay() {
        try (SessionApplication app = SessionApplication.start(
                redis,
                Shop.class,
                "server.servlet.session.cookie.name=shop",
                "server.servlet.session.cookie.same-site=strict",
                "server.servlet.session.cookie.secure=true",
                "server.servlet.session.cookie.path=/",
                "server.servlet.session.cookie.domain=shop.example",
                "server.servlet.session.cookie.max-age=2h")) {
            assertThat(header(app.browser().get("/visit"), "Set-Cookie").orElse(""))
                    .startsWith("shop=")
                    .contains(
                            "Max-Age=7200", "Domain=shop.example", "Path=/;", "Secure", "HttpOnly", "SameSite=Strict");
        }
    }

    @Test
    void whatIsChangedWhileARequestWaitsIsSaved() {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            Browser browser = app.browser();
            browser.get("/visit");
            assertThat(browser.get("/later?value=7").body()).isEqualTo("set");
            assertThat(browser.get("/read?name=later").body()).isEqualTo("7");
            assertThat(browser.get("/read?name=before").body()).isEqualTo("7");
        }
    }

    @Test
    void aRequestReadsItsSessionOnceUnlessItAsksAgain() {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            Browser browser = app.browser();
            browser.get("/visit");
            redis.command("CONFIG", "RESETSTAT");
            browser.get("/read?name=visits");
            assertThat(String.valueOf(redis.command("INFO", "commandstats"))).contains("cmdstat_hgetall:calls=1,");
            assertThat(browser.get("/ended").body())
                    .as("by somebody else meanwhile")
                    .isEqualTo("true then false");
        }
    }

    @Test
    void aSessionThatIsEndedAndBegunAnewInOneRequestIsANewOne() {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class)) {
            Browser browser = app.browser();
            browser.get("/write?name=a&value=1");
            String before = browser.cookies.get(COOKIE);
            assertThat(browser.get("/anew").body()).isEqualTo("false");
            assertThat(browser.cookies.get(COOKIE)).isNotEqualTo(before);
            assertThat(browser.get("/read?name=a").body()).isEqualTo("none");
            assertThat(browser.get("/read?name=b").body()).isEqualTo("2");
            assertThat(app.keys()).hasSize(1);
        }
    }

    @Test
    void withOffHttpSessionIsTheContainers() {
        try (SessionApplication app = SessionApplication.start(redis, Shop.class, "lumbung.session.http=off")) {
            Browser browser = app.browser();
            browser.get("/visit");
            assertThat(browser.cookies).containsOnlyKeys("JSESSIONID");
            assertThat(app.keys()).isEmpty();
        }
    }

    @Test
    void behindAProxyThatEndsTlsTheCookieIsSecureOnlyIfSpringTrustsIt() {
        for (boolean trusted : new boolean[] {true, false}) {
            try (SessionApplication app = SessionApplication.start(
                    redis, Shop.class, "server.forward-headers-strategy=" + (trusted ? "framework" : "none"))) {
                HttpResponse<String> answer = app.browser().get("/visit", "X-Forwarded-Proto", "https");
                assertThat(header(answer, "Set-Cookie").orElse("").contains("Secure"))
                        .isEqualTo(trusted);
            }
        }
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebSecurity
    static class Shop {
        private final Sessions sessions;
        private final @Nullable LumbungSessionRepository repository;

        Shop(Sessions sessions, ObjectProvider<LumbungSessionRepository> repository) {
            this.sessions = sessions;
            this.repository = repository.getIfAvailable();
        }

        @Bean
        static SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(paths -> paths.dispatcherTypeMatchers(DispatcherType.ERROR)
                            .permitAll()
                            .requestMatchers("/me", "/slow")
                            .authenticated()
                            .anyRequest()
                            .permitAll())
                    .formLogin(Customizer.withDefaults())
                    .build();
        }

        @Bean
        static UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ana")
                            .password("{noop}secret")
                            .roles("USER")
                            .build(),
                    User.withUsername("ben")
                            .password("{noop}secret")
                            .roles("USER")
                            .build());
        }

        @GetMapping("/open")
        String open() {
            return "open";
        }

        @GetMapping("/me")
        String me(Principal user) {
            return user.getName();
        }

        @GetMapping("/visit")
        String visit(HttpSession session) {
            int count = session.getAttribute("visits") instanceof Integer before ? before + 1 : 1;
            session.setAttribute("visits", count);
            return "" + count;
        }

        @GetMapping("/write")
        String write(@RequestParam String name, @RequestParam String value, HttpSession session) {
            session.setAttribute(name, value);
            return "written";
        }

        @GetMapping("/read")
        String read(@RequestParam String name, HttpSession session) {
            Object value = session.getAttribute(name);
            return value == null ? "none" : value.toString();
        }

        @GetMapping("/together")
        String together(@RequestParam String name, @RequestParam String value, HttpSession session) throws Exception {
            session.getAttribute(name);
            together.await(30, TimeUnit.SECONDS);
            session.setAttribute(name, value);
            return "written";
        }

        @GetMapping("/slow")
        String slow(HttpSession session) throws InterruptedException {
            session.setAttribute("before", 1);
            inside.countDown();
            if (!goOn.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody said go on");
            }
            session.setAttribute("late", new ArrayList<>(List.of("a")));
            return "slow";
        }

        @GetMapping("/later")
        Callable<String> later(@RequestParam String value, HttpSession session) {
            session.setAttribute("before", value);
            return () -> {
                session.setAttribute("later", value);
                return "set";
            };
        }

        @GetMapping("/ended")
        String ended(HttpSession session) {
            boolean before = repository.findById(session.getId()) != null;
            sessions.destroy(SessionToken.parse(session.getId()).orElseThrow());
            return before + " then " + (repository.findById(session.getId()) != null);
        }

        @GetMapping("/anew")
        String anew(HttpServletRequest request) {
            request.getSession().invalidate();
            boolean there = request.getSession(false) != null;
            request.getSession().setAttribute("b", 2);
            return there + "";
        }

        @GetMapping("/life")
        String life(@RequestParam int seconds, HttpSession session) {
            session.setMaxInactiveInterval(seconds);
            return "set";
        }

        @GetMapping("/lives")
        String lives(HttpServletRequest request) {
            HttpSession session = request.getSession(false);
            return session == null ? "dead" : "" + session.getMaxInactiveInterval();
        }
    }
}
