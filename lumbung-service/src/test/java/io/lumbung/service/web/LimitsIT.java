package io.lumbung.service.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.key.Key;
import io.lumbung.ratelimit.RateLimiter;
import io.lumbung.ratelimit.RateLimiters;
import io.lumbung.service.Users;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** The service with the limits it ships with. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"lumbung.cache.deadline=2s", "lumbung.ratelimit.deadline=2s"})
@AutoConfigureRestTestClient
class LimitsIT {

    private static final String REGISTER = "/api/v1/auth/register";

    @Autowired
    private RestTestClient http;

    @Autowired
    private RateLimiters limiters;

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
