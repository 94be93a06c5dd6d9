package io.lumbung.spring.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.embedded.RedisServer;
import io.lumbung.session.CreateResult;
import io.lumbung.session.NewSession;
import io.lumbung.session.Session;
import io.lumbung.session.SessionId;
import io.lumbung.session.SessionToken;
import io.lumbung.session.Sessions;
import io.lumbung.spring.session.SessionApplication.Browser;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SessionJsonIT {
    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.builder().inMemoryOnly().start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    private static JsonNode json(String text) {
        return JsonMapper.builder().build().readTree(text);
    }

    @Test
    void aSessionIsIdUserDataAndTimes() {
        // However the application writes its own times and names.
        for (String[] settings : new String[][] {
            {},
            {"spring.jackson.datatype.datetime.write-dates-as-timestamps=true"},
            {"spring.jackson.property-naming-strategy=UPPER_CAMEL_CASE"}
        }) {
            String[] all = java.util.Arrays.copyOf(settings, settings.length + 1);
            all[settings.length] = "lumbung.session.http=cookie";
            try (SessionApplication app = SessionApplication.start(redis, Pages.class, all)) {
                Browser browser = app.browser();
                browser.post("/login");
                Session session = app.bean(Sessions.class).list("ana").get(0);

                JsonNode answer = json(browser.get("/me").body());

                assertThat(answer.propertyNames()).containsExactly("id", "user_id", "data", "created_at", "expires_at");
                assertThat(answer.get("id").asString()).isEqualTo(session.id().text());
                assertThat(answer.get("user_id").asString()).isEqualTo("ana");
                assertThat(answer.get("data").toString()).isEqualTo("{\"cart\":{\"items\":[1,2]},\"theme\":\"dark\"}");
                assertThat(instant(answer.get("created_at"))).isEqualTo(session.createdAt());
                assertThat(instant(answer.get("expires_at"))).isEqualTo(session.expiresAt());
                assertThat(json(browser.get("/mine").body()).get(0).get("id").asString())
                        .isEqualTo(session.id().text());
            }
        }
    }

    private static Instant instant(JsonNode time) {
        assertThat(time.isString()).as(time.toString()).isTrue();
        OffsetDateTime read = OffsetDateTime.parse(time.asString());
        assertThat(read.getOffset()).isEqualTo(ZoneOffset.UTC);
        return read.toInstant();
    }

    @Test
    void aTokenIsInNoAnswerThatHappensToHoldOne() {
        try (SessionApplication app = SessionApplication.start(redis, Pages.class, "lumbung.session.http=cookie")) {
            Browser browser = app.browser();
            String login = browser.post("/login").body();
            String token = browser.cookies.get("session");
            SessionId id = SessionToken.parse(token).orElseThrow().id();

            assertThat(login).doesNotContain(token.substring(3)).contains("st_****", id.text());
            JsonNode all = json(browser.get("/all").body());
            assertThat(all.toString()).doesNotContain(token.substring(3));
            assertThat(all.get("id").asString()).isEqualTo(id.text());
            assertThat(all.get("token").asString()).isEqualTo("st_****");
        }
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

        @PostMapping("/login")
        CreateResult login(HttpServletRequest request, HttpServletResponse response) {
            return cookies.login(
                    request,
                    response,
                    NewSession.of("ana").with("theme", "dark").with("cart", Map.of("items", List.of(1, 2))));
        }

        @GetMapping("/me")
        Session me(CurrentSession current) {
            return current.session().orElseThrow();
        }

        @GetMapping("/mine")
        List<Session> mine() {
            return sessions.list("ana");
        }

        @GetMapping("/all")
        Map<String, Object> all(CurrentSession current, Optional<Session> session) {
            SessionToken token = current.token().orElseThrow();
            return Map.of("token", token, "id", token.id(), "current", current, "session", session);
        }
    }
}
