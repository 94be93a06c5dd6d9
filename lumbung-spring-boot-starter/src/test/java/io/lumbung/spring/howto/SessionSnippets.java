package io.lumbung.spring.howto;

import io.lumbung.Lumbung;
import io.lumbung.session.CreateResult;
import io.lumbung.session.Device;
import io.lumbung.session.ExpiredSession;
import io.lumbung.session.NewSession;
import io.lumbung.session.Session;
import io.lumbung.session.SessionChange;
import io.lumbung.session.SessionId;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import io.lumbung.session.UpdateResult;
import io.lumbung.spring.session.CurrentSession;
import io.lumbung.spring.session.LumbungSessionRepository;
import io.lumbung.spring.session.SessionCookies;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.stereotype.Component;
import org.springframework.stereotype.Service;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What {@code docs/how-to/sessions.md} shows; run by {@link SessionHowToIT}. */
interface SessionSnippets {

    class Plain {
        private final Sessions sessions;

        Plain(Lumbung lumbung) {
            this.sessions = lumbung.sessions(SessionPolicy.nistAal2().withMost(5, SessionPolicy.WhenFull.EVICT_OLDEST));
        }

        String login(String user, String address, String userAgent) {
            CreateResult result =
                    sessions.create(NewSession.of(user).with("theme", "dark").from(new Device(address, userAgent)));
            if (result instanceof CreateResult.Created created) {
                return created.token().text(); // for the cookie, and nowhere else
            }
            throw new IllegalStateException("too many sessions"); // only with WhenFull.REJECT
        }

        String theme(String cookie) {
            Optional<Session> session = sessions.find(cookie);
            return session.flatMap(one -> one.attribute("theme", String.class)).orElse("light");
        }

        boolean change(String cookie, String theme) {
            return SessionToken.parse(cookie)
                    .map(token -> sessions.update(token, SessionChange.none().set("theme", theme)))
                    .filter(result -> result instanceof UpdateResult.Updated)
                    .isPresent();
        }

        void logout(String cookie) {
            SessionToken.parse(cookie).ifPresent(sessions::destroy);
        }

        long logoutEverywhere(String user) {
            return sessions.destroyAll(user);
        }
    }

    @RestController
    class Account {
        private final SessionCookies cookies;
        private final Sessions sessions;

        Account(SessionCookies cookies, Sessions sessions) {
            this.cookies = cookies;
            this.sessions = sessions;
        }

        @PostMapping("/login")
        ResponseEntity<String> login(
                @RequestParam String user, HttpServletRequest request, HttpServletResponse response) {
            // … after the password was found to be right
            CreateResult result = cookies.login(request, response, NewSession.of(user));
            return result instanceof CreateResult.Created
                    ? ResponseEntity.ok("welcome")
                    : ResponseEntity.status(HttpStatus.CONFLICT).body("log out somewhere else first");
        }

        @PostMapping("/logout")
        void logout(HttpServletRequest request, HttpServletResponse response) {
            cookies.logout(request, response);
        }

        @GetMapping("/me")
        String me(Optional<Session> session) {
            return session.flatMap(Session::user).orElse("nobody");
        }

        @GetMapping("/me/sessions")
        List<String> mine(CurrentSession current) {
            return current.user().map(sessions::list).orElse(List.of()).stream()
                    .map(one -> one.id() + " on " + one.device().userAgent() + ", last used " + one.lastUsedAt())
                    .toList();
        }

        @DeleteMapping("/me/sessions/{id}")
        void end(@PathVariable String id, CurrentSession current) {
            current.user().ifPresent(user -> sessions.destroy(user, new SessionId(id)));
        }
    }

    @Service
    class Admin {
        private final LumbungSessionRepository repository;

        Admin(LumbungSessionRepository repository) {
            this.repository = repository;
        }

        void lockOut(String user) {
            repository.findByPrincipalName(user).keySet().forEach(repository::deleteById);
        }
    }

    @Configuration
    @EnableWebSecurity
    class Logins {
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(paths -> paths.anyRequest().authenticated())
                    .formLogin(Customizer.withDefaults())
                    .sessionManagement(sessions -> sessions.maximumSessions(2))
                    .build();
        }
    }

    @Component
    class Farewell {
        private static final Logger log = LoggerFactory.getLogger(Farewell.class);

        @EventListener
        void ranOut(ExpiredSession session) {
            log.info("session {} ran out at {}", session.id(), session.at());
        }
    }
}
