package io.lumbung.spring.session;

import static io.lumbung.spring.session.SessionApplication.header;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.embedded.RedisServer;
import io.lumbung.session.Sessions;
import io.lumbung.spring.session.SessionApplication.Browser;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpSession;
import java.net.http.HttpResponse;
import java.security.Principal;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.session.SessionInformation;
import org.springframework.security.core.session.SessionRegistry;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Security's {@code maximumSessions}, by its own filters, on two instances. */
class ConcurrentLoginsIT {
    private static final String COOKIE = "SESSION";
    private static final String EXACTLY = "lumbung.session.touch-every=0s";

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static SessionApplication instance(String... properties) {
        return SessionApplication.start(redis, Guarded.class, properties);
    }

    private static SessionApplication another(SessionApplication first, String... properties) {
        String[] all = List.of(List.of(properties), List.of("lumbung.key-prefix=" + first.prefix)).stream()
                .flatMap(List::stream)
                .toArray(String[]::new);
        return instance(all);
    }

    private static boolean login(Browser browser) {
        HttpResponse<String> answer = browser.post("/login?username=ana&password=secret");
        assertThat(answer.statusCode()).isEqualTo(302);
        return !header(answer, "Location").orElse("").contains("error");
    }

    private static boolean isIn(Browser browser) {
        HttpResponse<String> answer = browser.get("/me");
        assertThat(answer.statusCode()).isIn(200, 302);
        return answer.statusCode() == 200;
    }

    private static Browser on(SessionApplication app, Browser other) {
        Browser same = app.browser();
        same.cookies.putAll(other.cookies);
        return same;
    }

    @Test
    void theLeastRecentlyUsedSessionMakesRoomOnAllInstances() {
        try (SessionApplication one = instance("max=2", EXACTLY);
                SessionApplication two = another(one, "max=2", EXACTLY)) {
            Browser phone = one.browser();
            Browser laptop = two.browser();
            assertThat(login(phone)).isTrue();
            assertThat(login(laptop)).isTrue();
            assertThat(isIn(phone)).isTrue();

            Browser tablet = two.browser();
            assertThat(login(tablet)).isTrue();

            assertThat(isIn(laptop)).isFalse();
            assertThat(isIn(on(one, laptop))).isFalse();
            assertThat(isIn(phone)).isTrue();
            assertThat(isIn(on(two, phone))).isTrue();
            assertThat(isIn(on(one, tablet))).isTrue();
            assertThat(one.bean(Sessions.class).list("ana")).hasSize(2);
        }
    }

    @Test
    void whoHadToMakeRoomCanBeToldSo() {
        try (SessionApplication app = instance("max=1", "gone=/gone")) {
            Browser phone = app.browser();
            login(phone);
            login(app.browser());
            HttpResponse<String> answer = phone.get("/me");
            assertThat(answer.statusCode()).isEqualTo(302);
            assertThat(header(answer, "Location").orElse("")).endsWith("/gone");
            assertThat(header(phone.get("/me"), "Location").orElse(""))
                    .as("once")
                    .endsWith("/login");
        }
    }

    @Test
    void oneMoreLoginIsRefusedUntilThereIsRoom() {
        try (SessionApplication one = instance("max=2", "prevent=true");
                SessionApplication two = another(one, "max=2", "prevent=true")) {
            Browser phone = one.browser();
            Browser laptop = two.browser();
            login(phone);
            login(laptop);
            Browser tablet = one.browser();
            assertThat(login(tablet)).isFalse();
            assertThat(isIn(tablet)).isFalse();
            assertThat(isIn(phone)).isTrue();
            assertThat(isIn(laptop)).isTrue();

            laptop.post("/logout");

            assertThat(login(tablet)).isTrue();
            assertThat(isIn(tablet)).isTrue();
            assertThat(isIn(phone)).isTrue();
        }
    }

    @Test
    void whoLogsInAgainInTheSameBrowserTakesNoOtherPlace() {
        try (SessionApplication app = instance("max=1", "prevent=true")) {
            Browser browser = app.browser();
            assertThat(login(browser)).isTrue();
            String before = browser.cookies.get(COOKIE);
            assertThat(login(browser)).isTrue();
            assertThat(browser.cookies.get(COOKIE)).isNotEqualTo(before);
            assertThat(isIn(browser)).isTrue();
            assertThat(login(app.browser())).isFalse();
        }
    }

    @Test
    void whoLogsInAgainWhereTheMaximumWasLoweredIsIn() {
        try (SessionApplication before = instance("max=2");
                SessionApplication now = another(before, "max=1")) {
            Browser phone = before.browser();
            Browser laptop = before.browser();
            login(phone);
            login(laptop);

            Browser again = on(now, phone);
            assertThat(login(again)).isTrue();

            assertThat(isIn(again)).isTrue();
            assertThat(isIn(phone)).isFalse();
            assertThat(isIn(laptop)).isFalse();
            assertThat(before.bean(Sessions.class).list("ana")).hasSize(1);
        }
    }

    @Test
    void whatTheRegistryListsLetsNobodyInAndCanBeEndedByItsId() {
        try (SessionApplication app = instance("max=5")) {
            Browser phone = app.browser();
            Browser laptop = app.browser();
            login(phone);
            login(laptop);
            SessionRegistry registry = app.bean(SessionRegistry.class);

            List<SessionInformation> all = registry.getAllSessions(
                    User.withUsername("ana").password("").build(), true);

            assertThat(all).hasSize(2).allSatisfy(one -> {
                assertThat(one.getPrincipal()).isEqualTo("ana");
                assertThat(one.isExpired()).isFalse();
                assertThat(one.getSessionId()).isNotIn(phone.cookies.get(COOKIE), laptop.cookies.get(COOKIE));
                Browser thief = app.browser();
                for (String id : List.of(one.getSessionId(), one.getSessionId().substring(0, 22))) {
                    thief.cookies.put(COOKIE, id);
                    assertThat(isIn(thief)).isFalse();
                }
            });
            SessionInformation first = registry.getSessionInformation(all.get(0).getSessionId());
            assertThat(first).isNotNull();
            first.expireNow();
            assertThat(first.isExpired()).isTrue();
            assertThat(registry.getSessionInformation(first.getSessionId())).isNull();
            assertThat(List.of(isIn(phone), isIn(laptop))).containsExactlyInAnyOrder(true, false);

            Browser left = isIn(phone) ? phone : laptop;
            SessionInformation byToken = registry.getSessionInformation(left.cookies.get(COOKIE));
            assertThat(byToken).isNotNull();
            assertThat(byToken.getPrincipal()).isEqualTo("ana");
            byToken.expireNow();
            assertThat(isIn(left)).isFalse();
            assertThat(registry.getAllSessions("ana", false)).isEmpty();
            assertThat(registry.getAllSessions("", false)).isEmpty();
            assertThat(registry.getSessionInformation("x")).isNull();
        }
    }

    @Test
    void aRequestKnowsItsOwnSessionAndCanEndIt() {
        try (SessionApplication app = instance("max=5")) {
            Browser phone = app.browser();
            Browser laptop = app.browser();
            login(phone);
            login(laptop);
            assertThat(phone.get("/mine").body()).isEqualTo("1 of 2");
            assertThat(phone.get("/list").body())
                    .as("a page that shows them gives no token away")
                    .contains("\"principal\":\"ana\"")
                    .doesNotContain(phone.cookies.get(COOKIE), laptop.cookies.get(COOKIE));
            assertThat(phone.post("/leave").body()).isEqualTo("left");
            assertThat(phone.cookies).isEmpty();
            assertThat(isIn(laptop)).isTrue();
            assertThat(app.bean(Sessions.class).list("ana")).hasSize(1);
        }
    }

    @Test
    void aRequestAsksRedisOnce() {
        try (SessionApplication app = instance("max=2")) {
            Browser browser = app.browser();
            login(browser);
            redis.command("CONFIG", "RESETSTAT");
            assertThat(isIn(browser)).isTrue();
            assertThat(isIn(browser)).isTrue();
            String commands = String.valueOf(redis.command("INFO", "commandstats"));
            assertThat(commands).contains("cmdstat_hgetall:calls=2,").doesNotContain("zrange");
        }
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebSecurity
    static class Guarded {
        private final SessionRegistry registry;

        Guarded(SessionRegistry registry) {
            this.registry = registry;
        }

        @Bean
        SecurityFilterChain chain(
                HttpSecurity http,
                @Value("${max}") int most,
                @Value("${prevent:false}") boolean prevent,
                @Value("${gone:}") String gone)
                throws Exception {
            if (!gone.isEmpty()) {
                http.sessionManagement(sessions -> sessions.invalidSessionUrl(gone));
            }
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(paths -> paths.dispatcherTypeMatchers(DispatcherType.ERROR)
                            .permitAll()
                            .anyRequest()
                            .authenticated())
                    .formLogin(Customizer.withDefaults())
                    .sessionManagement(
                            sessions -> sessions.maximumSessions(most).maxSessionsPreventsLogin(prevent))
                    .build();
        }

        @Bean
        static UserDetailsService users() {
            return new InMemoryUserDetailsManager(User.withUsername("ana")
                    .password("{noop}secret")
                    .roles("USER")
                    .build());
        }

        @GetMapping("/me")
        String me(Principal user) {
            return user.getName();
        }

        @GetMapping("/mine")
        String mine(Authentication who, HttpSession session) {
            List<SessionInformation> all = registry.getAllSessions(who.getPrincipal(), false);
            return all.stream()
                            .filter(one -> one.getSessionId().equals(session.getId()))
                            .count()
                    + " of " + all.size();
        }

        @GetMapping("/list")
        List<SessionInformation> list(Authentication who) {
            return registry.getAllSessions(who.getPrincipal(), false);
        }

        @PostMapping("/leave")
        String leave(HttpSession session) {
            registry.getSessionInformation(session.getId()).expireNow();
            return "left";
        }
    }
}
