package io.lumbung.service.account;

import static io.lumbung.service.Users.account;
import static io.lumbung.service.Users.body;
import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static io.lumbung.service.Users.login;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lumbung.embedded.RedisServer;
import io.lumbung.service.Users;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** The service while its Redis is away: who is logged in is not known, and nobody is told that they are not. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "lumbung.session.deadline=2s",
            "lumbung.ratelimit.rules.api.permits=10000",
            "lumbung.ratelimit.rules.auth.permits=10000",
            "lumbung.ratelimit.rules.user.permits=10000"
        })
@AutoConfigureRestTestClient
@DirtiesContext
class SessionsDownIT {

    private static final RedisServer REDIS = RedisServer.builder()
            .config("appendonly", "yes")
            .config("appendfsync", "always")
            .start();

    @Autowired
    private RestTestClient http;

    private Users users;
    private String handle;
    private String page;
    private Users.Client ana;

    @DynamicPropertySource
    static void redis(DynamicPropertyRegistry properties) {
        properties.add("lumbung.redis.url", REDIS::url);
    }

    @AfterAll
    static void end() {
        REDIS.close();
    }

    @BeforeEach
    void register() {
        users = new Users(http);
        handle = freshHandle();
        String id = users.registered(handle);
        page = "/api/v1/users/" + id;
        ana = users.as(users.session(id));
    }

    @AfterEach
    void back() {
        if (!REDIS.isAlive()) {
            REDIS.restart(RedisServer.Data.KEEP);
        }
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> ana.get("/api/v1/me").expectStatus().isOk());
    }

    @Test
    void whatNeedsASessionIs503AndNever401AndNoCookieIsTouched() {
        REDIS.kill();
        isUnavailable(ana.get("/api/v1/me"));
        isUnavailable(ana.get("/api/v1/me/sessions"));
        isUnavailable(ana.delete("/api/v1/me/sessions"));
        isUnavailable(ana.delete("/api/v1/me/sessions/" + "x".repeat(22)));
        isUnavailable(ana.put(page, body(handle)));
        isUnavailable(ana.delete(page));
        isUnavailable(ana.post(page + "/links", "{\"title\":\"x\",\"url\":\"https://example.org\"}"));
        isUnavailable(ana.post("/api/v1/auth/logout", ""));
        isUnavailable(ana.post("/api/v1/auth/login", login(handle)));
        isUnavailable(users.post("/api/v1/auth/login", login(handle)));

        REDIS.restart(RedisServer.Data.KEEP);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ana.get("/api/v1/me").returnResult().getStatus().value() == 200);
        ana.put(page, body(handle)).expectStatus().isOk();
    }

    @Test
    void aServerThatHangsIsAnsweredTheSameWithinItsDeadline() {
        REDIS.pause();
        try {
            isUnavailable(ana.get("/api/v1/me"));
            isUnavailable(ana.put(page, body(handle)));
        } finally {
            REDIS.resume();
        }
    }

    @Test
    void whatNeedsNoneIsServedAndWhoHasNoCookieIsNotLoggedInHoweverRedisDoes() {
        REDIS.kill();
        for (Users.Client client : new Users.Client[] {ana, users.nobody()}) {
            client.get(page).expectStatus().isOk();
            client.get("/api/v1/users?search=" + handle).expectStatus().isOk();
        }
        users.get("/actuator/health/readiness").expectStatus().isOk();
        isProblem(users.get("/api/v1/me"), 401, "NOT_LOGGED_IN");
        isProblem(users.nobody().put(page, body(handle)), 401, "NOT_LOGGED_IN");
        users.post("/api/v1/auth/logout", "").expectStatus().isOk();
    }

    @Test
    void aWrongPasswordIsWrongHoweverRedisDoes() {
        REDIS.kill();
        isProblem(users.post("/api/v1/auth/login", login(handle).replace("dawn", "dusk")), 401, "WRONG_CREDENTIALS");
        isProblem(users.post("/api/v1/auth/login", login(freshHandle())), 401, "WRONG_CREDENTIALS");
    }

    @Test
    void whoRegistersMeanwhileIsRegisteredAndLogsInLater() {
        REDIS.kill();
        String late = freshHandle();
        users.post("/api/v1/auth/register", account(late))
                .expectStatus()
                .isCreated()
                .expectHeader()
                .doesNotExist(HttpHeaders.SET_COOKIE)
                .expectBody()
                .jsonPath("$.message")
                .isEqualTo("User created successfully; log in when sessions can be kept again")
                .jsonPath("$.data.handle")
                .isEqualTo(late);

        REDIS.restart(RedisServer.Data.KEEP);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> users.post("/api/v1/auth/login", login(late))
                                .returnResult()
                                .getStatus()
                                .value()
                        == 200);
    }

    private static void isUnavailable(ResponseSpec answer) {
        Map<?, ?> problem = answer.expectStatus()
                .isEqualTo(503)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectHeader()
                .valueEquals(HttpHeaders.RETRY_AFTER, "1")
                .expectHeader()
                .doesNotExist(HttpHeaders.SET_COOKIE)
                .returnResult(Map.class)
                .getResponseBody();
        assertThat(problem.get("code")).isEqualTo("SESSION_STORE_UNAVAILABLE");
    }
}
