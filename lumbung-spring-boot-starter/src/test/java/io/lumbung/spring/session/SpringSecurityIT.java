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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.switchuser.SwitchUserFilter;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.session.security.web.authentication.SpringSessionRememberMeServices;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What Spring Security keeps in {@code HttpSession} beside a login. */
class SpringSecurityIT {
    private static final String COOKIE = "SESSION";

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static String[] csrf(Browser browser) {
        return new String[] {"X-CSRF-TOKEN", browser.get("/csrf").body()};
    }

    @Test
    void aTokenAgainstForgedRequestsIsKeptAndANewOneComesWithTheLogin() {
        try (SessionApplication app = SessionApplication.start(redis, Guarded.class)) {
            Browser browser = app.browser();
            assertThat(browser.post("/change").statusCode()).isEqualTo(403);
            String[] first = csrf(browser);
            assertThat(browser.post("/change", first).statusCode()).isEqualTo(200);
            HttpResponse<String> login = browser.post("/login?username=ana&password=secret", first);
            assertThat(header(login, "Location").orElse("")).doesNotContain("error");
            assertThat(browser.post("/change", first).statusCode()).isEqualTo(403);
            assertThat(browser.post("/change", csrf(browser)).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whoActsForAnotherIsInTheOthersListUntilHeStops() {
        try (SessionApplication app = SessionApplication.start(redis, Guarded.class)) {
            Browser admin = app.browser();
            admin.post("/login?username=ana&password=secret", csrf(admin));
            assertThat(admin.get("/me").body()).isEqualTo("ana");
            Sessions sessions = app.bean(Sessions.class);

            admin.post("/login/impersonate?username=ben", csrf(admin));

            assertThat(admin.get("/me").body()).isEqualTo("ben");
            assertThat(sessions.list("ben")).hasSize(1);
            assertThat(sessions.list("ana")).isEmpty();

            admin.post("/logout/impersonate", csrf(admin));

            assertThat(admin.get("/me").body()).isEqualTo("ana");
            assertThat(sessions.list("ben")).isEmpty();
            assertThat(sessions.list("ana")).hasSize(1);
        }
    }

    @Test
    void whoWantsToBeRememberedHasACookieThatOutlivesTheBrowser() {
        try (SessionApplication app = SessionApplication.start(redis, Guarded.class)) {
            Browser browser = app.browser();
            HttpResponse<String> login =
                    browser.post("/login?username=ana&password=secret&remember-me=on", csrf(browser));
            assertThat(header(login, "Set-Cookie").orElse("")).contains("Max-Age=");
            assertThat(app.bean(Sessions.class).list("ana").get(0).idle().toDays())
                    .isEqualTo(30);
            Browser other = app.browser();
            assertThat(header(other.post("/login?username=ana&password=secret", csrf(other)), "Set-Cookie")
                            .orElse(""))
                    .doesNotContain("Max-Age");
        }
    }

    @Test
    void aLogoutThatKeepsTheSessionTakesItFromTheUsersList() {
        try (SessionApplication app = SessionApplication.start(redis, Guarded.class)) {
            Browser browser = app.browser();
            browser.post("/login?username=ana&password=secret", csrf(browser));
            browser.post("/change", csrf(browser));
            Sessions sessions = app.bean(Sessions.class);
            assertThat(sessions.list("ana")).hasSize(1);

            browser.post("/logout", csrf(browser));

            assertThat(browser.get("/me").statusCode()).isEqualTo(302);
            assertThat(browser.get("/changed").body()).isEqualTo("true");
            assertThat(sessions.list("ana")).isEmpty();
        }
    }

    @Test
    void aSecondLoginInABrowserMakesTheSessionTheOthers() {
        try (SessionApplication app = SessionApplication.start(redis, Guarded.class)) {
            Browser browser = app.browser();
            browser.post("/login?username=ana&password=secret", csrf(browser));
            String before = browser.cookies.get(COOKIE);
            browser.post("/login?username=ben&password=secret", csrf(browser));
            assertThat(browser.cookies.get(COOKIE)).isNotEqualTo(before);
            assertThat(browser.get("/me").body()).isEqualTo("ben");
            Sessions sessions = app.bean(Sessions.class);
            assertThat(sessions.list("ana")).isEmpty();
            assertThat(sessions.list("ben")).hasSize(1);
        }
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebSecurity
    static class Guarded {
        @Bean
        SecurityFilterChain chain(HttpSecurity http, UserDetailsService users) throws Exception {
            SwitchUserFilter switching = new SwitchUserFilter();
            switching.setUserDetailsService(users);
            switching.setTargetUrl("/");
            switching.afterPropertiesSet();
            return http.csrf(csrf -> csrf.csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler()))
                    .authorizeHttpRequests(paths -> paths.dispatcherTypeMatchers(DispatcherType.ERROR)
                            .permitAll()
                            .requestMatchers("/login/impersonate")
                            .hasRole("ADMIN")
                            .requestMatchers("/me", "/logout/impersonate")
                            .authenticated()
                            .anyRequest()
                            .permitAll())
                    .formLogin(Customizer.withDefaults())
                    .logout(logout -> logout.invalidateHttpSession(false))
                    .rememberMe(remember -> remember.rememberMeServices(new SpringSessionRememberMeServices()))
                    .addFilterAfter(switching, AuthorizationFilter.class)
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ana")
                            .password("{noop}secret")
                            .roles("ADMIN")
                            .build(),
                    User.withUsername("ben")
                            .password("{noop}secret")
                            .roles("USER")
                            .build());
        }

        @GetMapping("/csrf")
        String csrf(CsrfToken token) {
            return token.getToken();
        }

        @PostMapping("/change")
        String change(HttpSession session) {
            session.setAttribute("changed", true);
            return "changed";
        }

        @GetMapping("/changed")
        String changed(HttpSession session) {
            return String.valueOf(session.getAttribute("changed"));
        }

        @GetMapping("/me")
        String me(Principal user) {
            return user.getName();
        }
    }
}
