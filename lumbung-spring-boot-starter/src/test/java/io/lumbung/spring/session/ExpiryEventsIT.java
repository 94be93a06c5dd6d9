package io.lumbung.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.session.CreateResult;
import io.lumbung.session.ExpiredSession;
import io.lumbung.session.NewSession;
import io.lumbung.session.SessionId;
import io.lumbung.session.SessionPolicy;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import io.lumbung.spring.session.SessionApplication.Browser;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.events.SessionExpiredEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@ExtendWith(OutputCaptureExtension.class)
class ExpiryEventsIT {
    private static final String ON = "lumbung.session.expiry-events=true";

    private static final String SHORT = "lumbung.session.ttl=1s";

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static SessionId id(Browser browser) {
        return SessionToken.parse(browser.cookies.get("SESSION")).orElseThrow().id();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60));
    }

    @Test
    void aSessionThatRanOutIsToldOfOnOneInstance(CapturedOutput output) {
        try (SessionApplication one = SessionApplication.start(redis, Listening.class, ON, SHORT);
                SessionApplication two = SessionApplication.start(
                        redis, Listening.class, ON, SHORT, "lumbung.key-prefix=" + one.prefix)) {
            Browser browser = one.browser();
            browser.get("/visit");
            SessionId id = id(browser);

            List<Heard> all = List.of(one.bean(Heard.class), two.bean(Heard.class));
            soon().until(() -> all.stream().anyMatch(heard -> heard.expired.size() == 1));

            List<Heard> told =
                    all.stream().filter(heard -> !heard.expired.isEmpty()).toList();
            assertThat(told).hasSize(1);
            ExpiredSession expired = told.get(0).expired.get(0);
            assertThat(expired.id()).isEqualTo(id);
            assertThat(expired.user()).hasValue("ana");
            soon().untilAsserted(() -> assertThat(told.get(0).lines).contains("destroyed " + id + " of ana"));
            assertThat(told.get(0).springs).singleElement().satisfies(event -> {
                assertThat(event.getSessionId()).isEqualTo(id.text());
                assertThat(event.getSession().getAttributeNames())
                        .containsExactly(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME);
            });
        }
        assertThat(output).doesNotContain("ERROR");
    }

    @Test
    void whatIsCreatedAndEndedHereIsToldHere() {
        try (SessionApplication one = SessionApplication.start(redis, Listening.class, ON);
                SessionApplication two =
                        SessionApplication.start(redis, Listening.class, ON, "lumbung.key-prefix=" + one.prefix)) {
            Browser browser = one.browser();
            browser.get("/visit");
            SessionId id = id(browser);
            Browser listed = one.browser();
            listed.get("/visit");
            SessionId other = id(listed);
            browser.get("/end");
            LumbungSessionRepository repository = one.bean(LumbungSessionRepository.class);
            repository.findByPrincipalName("ana").keySet().forEach(repository::deleteById);
            repository.deleteById(listed.cookies.get("SESSION"));

            assertThat(one.bean(Heard.class).lines)
                    .containsExactly(
                            "created " + id + " of null",
                            "created " + other + " of null",
                            "destroyed " + id + " of ana",
                            "destroyed " + other + " of ana");
            assertThat(two.bean(Heard.class).lines).isEmpty();
        }
    }

    @Test
    void aListenerThatFailsFailsNothingElse(CapturedOutput output) {
        try (SessionApplication app = SessionApplication.start(redis, Listening.class, ON)) {
            app.bean(Heard.class).fails = true;
            Browser browser = app.browser();
            assertThat(browser.get("/visit").body()).isEqualTo("visited");
            SessionId id = id(browser);
            assertThat(browser.get("/end").body()).isEqualTo("ended");
            assertThat(browser.cookies).isEmpty();
            assertThat(output)
                    .contains(
                            "a listener failed on the SessionCreatedEvent of session " + id,
                            "a listener failed on the SessionDeletedEvent of session " + id);
        }
    }

    @Test
    void withoutSpringSessionTheExpiredAreToldOfToo() {
        try (SessionApplication app =
                SessionApplication.start(redis, Listening.class, ON, "lumbung.session.http=cookie", SHORT)) {
            CreateResult.Created created =
                    (CreateResult.Created) app.bean(Sessions.class).create(NewSession.of("ben"));
            soon().until(() -> !app.bean(Heard.class).expired.isEmpty());
            assertThat(app.bean(Heard.class).expired.get(0).id())
                    .isEqualTo(created.session().id());
            assertThat(app.bean(Heard.class).springs).isEmpty();
        }
    }

    @Test
    void unlessItIsAskedForNothingIsNotedOrTold() {
        try (SessionApplication app = SessionApplication.start(redis, Listening.class)) {
            assertThat(app.context.getBeansOfType(ExpiryEvents.class)).isEmpty();
            assertThat(app.bean(Sessions.class).policy()).isEqualTo(SessionPolicy.standard());
            Browser browser = app.browser();
            browser.get("/visit");
            browser.get("/end");
            assertThat(app.bean(Heard.class).lines).isEmpty();
        }
    }

    @Test
    void nothingIsToldOnceTheApplicationStops() {
        SessionApplication app = SessionApplication.start(redis, Listening.class, ON);
        ExpiryEvents events = app.bean(ExpiryEvents.class);
        assertThat(events.isRunning()).isTrue();
        app.close();
        assertThat(events.isRunning()).isFalse();
    }

    /** What one instance heard. */
    static final class Heard implements HttpSessionListener {
        final List<ExpiredSession> expired = new CopyOnWriteArrayList<>();
        final List<SessionExpiredEvent> springs = new CopyOnWriteArrayList<>();
        final List<String> lines = new CopyOnWriteArrayList<>();
        volatile boolean fails;

        @EventListener
        void expired(ExpiredSession session) {
            expired.add(session);
        }

        @EventListener
        void expired(SessionExpiredEvent event) {
            springs.add(event);
        }

        @Override
        public void sessionCreated(HttpSessionEvent event) {
            lines.add("created " + line(event.getSession()));
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            lines.add("destroyed " + line(event.getSession()));
        }

        private String line(HttpSession session) {
            if (fails) {
                throw new IllegalStateException("a listener of the application");
            }
            return session.getId() + " of "
                    + session.getAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME);
        }
    }

    @RestController
    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Listening {
        @Bean
        Heard heard() {
            return new Heard();
        }

        @GetMapping("/visit")
        String visit(HttpSession session) {
            session.setAttribute(FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME, "ana");
            session.setAttribute("cart", "full");
            return "visited";
        }

        @GetMapping("/end")
        String end(HttpServletRequest request) {
            Optional.ofNullable(request.getSession(false)).ifPresent(HttpSession::invalidate);
            return "ended";
        }
    }
}
