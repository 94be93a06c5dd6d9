package io.lumbung.service.account;

import static io.lumbung.service.Users.account;
import static io.lumbung.service.Users.freshHandle;
import static io.lumbung.service.Users.isProblem;
import static io.lumbung.service.Users.login;
import static org.assertj.core.api.Assertions.assertThat;

import io.lumbung.service.Users;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.resttestclient.autoconfigure.AutoConfigureRestTestClient;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import org.springframework.test.web.servlet.client.RestTestClient.ResponseSpec;

/** The service as it stands on the internet: behind a proxy that ends TLS, with a maximum of sessions for each user. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "server.forward-headers-strategy=native",
            "lumbung.session.max-per-user=2",
            "lumbung.session.when-full=reject",
            "lumbung.session.deadline=2s",
            "lumbung.ratelimit.rules.auth.permits=10000"
        })
@AutoConfigureRestTestClient
class BehindProxyIT {

    @Autowired
    private RestTestClient http;

    @Test
    void overHttpsTheCookieIsForThisHostAloneAndForNothingUnencrypted() {
        ResponseSpec created = overHttps("/api/v1/auth/register", account(freshHandle()), "");
        created.expectStatus().isCreated();
        String token = Users.token(created).orElseThrow();
        assertThat(created.returnResult().getResponseHeaders().get(HttpHeaders.SET_COOKIE))
                .containsExactly("__Host-session=" + token + "; Path=/; Secure; HttpOnly; SameSite=Lax");

        me("https", "__Host-session=" + token).expectStatus().isOk();
        for (String cookie : List.of("session=" + token, "SESSION=" + token)) {
            isProblem(me("https", cookie), 401, "NOT_LOGGED_IN");
        }
        isProblem(me("http", "__Host-session=" + token), 401, "NOT_LOGGED_IN");

        ResponseSpec ended = overHttps("/api/v1/auth/logout", "", "__Host-session=" + token);
        ended.expectStatus()
                .isOk()
                .expectHeader()
                .value(
                        HttpHeaders.SET_COOKIE,
                        cookie -> assertThat(cookie)
                                .startsWith("__Host-session=; Path=/; Max-Age=0;")
                                .contains("; Secure; HttpOnly; SameSite=Lax"));
        isProblem(me("https", "__Host-session=" + token), 401, "NOT_LOGGED_IN");
    }

    @Test
    void theSessionTellsWhereItsUserReallyIs() {
        ResponseSpec created = overHttps("/api/v1/auth/register", account(freshHandle()), "");
        String token = Users.token(created).orElseThrow();
        http.get()
                .uri("/api/v1/me/sessions")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-For", "203.0.113.7")
                .header(HttpHeaders.COOKIE, "__Host-session=" + token)
                .exchange()
                .expectBody()
                .jsonPath("$.data[0].device.address")
                .isEqualTo("203.0.113.7");
    }

    @Test
    void whoIsLoggedInAsOftenAsAllowedIsToldAndLosesNothing() {
        Users users = new Users(http);
        String handle = freshHandle();
        List<String> tokens = new ArrayList<>(List.of(users.session(users.registered(handle))));
        tokens.add(Users.token(users.post("/api/v1/auth/login", login(handle))).orElseThrow());

        isProblem(users.post("/api/v1/auth/login", login(handle)), 409, "TOO_MANY_SESSIONS")
                .jsonPath("$.detail")
                .isEqualTo("a user may be logged in 2 times at once; log out somewhere else first");
        for (String token : tokens) {
            users.as(token).get("/api/v1/me").expectStatus().isOk();
        }
        users.as(tokens.get(0)).post("/api/v1/auth/logout", "").expectStatus().isOk();
        users.post("/api/v1/auth/login", login(handle)).expectStatus().isOk();
    }

    private ResponseSpec overHttps(String path, String body, String cookie) {
        return http.post()
                .uri(path)
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-For", "203.0.113.7")
                .header(HttpHeaders.COOKIE, cookie)
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .exchange();
    }

    private ResponseSpec me(String scheme, String cookie) {
        return http.get()
                .uri("/api/v1/me")
                .header("X-Forwarded-Proto", scheme)
                .header("X-Forwarded-For", "203.0.113.7")
                .header(HttpHeaders.COOKIE, cookie)
                .exchange();
    }
}
