package io.lumbung.service.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.embedded.RedisServer;
import io.lumbung.key.Key;
import io.lumbung.ratelimit.RateLimiter;
import io.lumbung.ratelimit.RateLimiters;
import io.lumbung.service.Users;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpHeaders;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** The service with the limits it ships with. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"lumbung.cache.deadline=2s", "lumbung.ratelimit.deadline=2s", "lumbung.session.deadline=2s"})
@AutoConfigureRestTestClient
class LimitsIT {

    private static final String REGISTER = "/api/v1/auth/register";
    private static final String LOGIN = "/api/v1/auth/login";

    @Autowired
    private RestTestClient http;

    @Autowired
    private RateLimiters limiters;

    @Autowired
    private RedisServer redis;

    @BeforeEach
    void nobodyAskedYet() {
        for (String rule : new String[] {"api", "auth"}) {
            RateLimiter limiter = limiters.find(rule).orElseThrow();
            limiter.reset(Key.of("127.0.0.1"));
        }
        limiters.find("user").orElseThrow().reset(Key.of("ip", "127.0.0.1"));
    }

    @Test
    void anAddressRegistersFiveUsersAMinuteAndIsToldWhenItMayAgain() {
        Users users = new Users(http);
        for (int left = 4; left >= 0; left--) {
            ResponseSpec created = users.post(REGISTER, Users.account(Users.freshHandle()));
            created.expectStatus().isCreated();
            limit(created, "5", Integer.toString(left));
        }
        ResponseSpec refused = users.post(REGISTER, Users.account(Users.freshHandle()));
        refused.expectStatus().isEqualTo(429);
        limit(refused, "5", "0");
        refused.expectHeader()
                .value(
                        "Retry-After",
                        seconds -> assertThat(Integer.parseInt(seconds)).isBetween(1, 60))
                .expectBody()
                .jsonPath("$.code")
                .isEqualTo("RATE_LIMITED")
                .jsonPath("$.detail")
                .isEqualTo("too many requests, please try again later");

        ResponseSpec read = users.get("/api/v1/users");
        read.expectStatus().isOk();
        limit(read, "100", "94");
    }

    @Test
    void anAddressAsksAHundredTimesAMinuteAndHealthAndPagesDoNotCount() {
        Users users = new Users(http);
        for (int i = 0; i < 100; i++) {
            users.get("/api/v1/users").expectStatus().isOk();
        }
        users.get("/api/v1/users").expectStatus().isEqualTo(429);
        users.get("/actuator/health").expectStatus().isOk().expectHeader().doesNotExist("X-RateLimit-Limit");
        users.get("/index.html").expectStatus().isOk();
    }

    @Test
    void anAddressTriesFivePasswordsAMinuteWhetherTheyAreRightOrWrongOrRegistered() {
        Users users = new Users(http);
        String handle = Users.freshHandle();
        users.registered(handle);
        users.post(LOGIN, Users.login(handle)).expectStatus().isOk();
        for (int left = 2; left >= 0; left--) {
            ResponseSpec wrong = users.post(LOGIN, Users.login(Users.freshHandle()));
            wrong.expectStatus().isUnauthorized();
            limit(wrong, "5", Integer.toString(left));
        }
        for (String path : List.of(LOGIN, REGISTER)) {
            ResponseSpec refused = users.post(path, Users.login(handle));
            refused.expectStatus().isEqualTo(429).expectHeader().doesNotExist(HttpHeaders.SET_COOKIE);
            limit(refused, "5", "0");
        }
        assertThat(keys()).contains("app:ratelimit:auth:127.0.0.1");
    }

    @Test
    void aUserAsksSixtyTimesAMinuteByAllTheirSessionsAndNobodyElseOfTheirAddressIsTouched() {
        Users users = new Users(http);
        String handle = Users.freshHandle();
        String id = users.registered(handle);
        Users.Client phone = users.as(users.session(id));
        Users.Client laptop =
                users.as(Users.token(users.post(LOGIN, Users.login(handle))).orElseThrow());
        Users.Client other = users.as(users.session(users.registered(Users.freshHandle())));
        String page = "/api/v1/users/" + id;

        for (int i = 0; i < 30; i++) {
            phone.get("/api/v1/me").expectStatus().isOk();
        }
        for (int i = 0; i < 29; i++) {
            laptop.get("/api/v1/me/sessions").expectStatus().isOk();
        }
        ResponseSpec last = laptop.put(page, Users.body(handle));
        last.expectStatus().isOk();
        limit(last, "60", "0");
        for (Users.Client client : List.of(phone, laptop)) {
            ResponseSpec refused = client.get("/api/v1/me");
            refused.expectStatus().isEqualTo(429);
            limit(refused, "60", "0");
            client.put(page, Users.body(handle)).expectStatus().isEqualTo(429);
            client.get(page).expectStatus().isOk();
        }

        ResponseSpec others = other.get("/api/v1/me");
        others.expectStatus().isOk();
        limiters.find("api").orElseThrow().reset(Key.of("127.0.0.1"));
        limit(other.get("/api/v1/me"), "60", "58");
        limit(users.get("/api/v1/me"), "60", "59");
        limit(users.nobody().put(page, Users.body(handle)), "60", "58");
        assertThat(keys()).contains("app:ratelimit:user:" + id, "app:ratelimit:user:ip:127.0.0.1");
    }

    private List<String> keys() {
        return ((List<?>) redis.command("KEYS", "*"))
                .stream().map(String::valueOf).toList();
    }

    private static void limit(ResponseSpec answer, String limit, String left) {
        answer.expectHeader()
                .valueEquals("X-RateLimit-Limit", limit)
                .expectHeader()
                .valueEquals("X-RateLimit-Remaining", left)
                .expectHeader()
                .value(
                        "X-RateLimit-Reset",
                        reset -> assertThat(Long.parseLong(reset)).isPositive());
    }
}
